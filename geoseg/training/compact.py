"""Small forms of the nine architectures: trained in minutes on a processor, about a megabyte each."""

from dataclasses import dataclass, field
from typing import Any

ENCODER = "tu-resnet10t"


@dataclass(frozen=True)
class CompactShape:
    """Encoder and further arguments of one architecture."""

    encoder: str = ENCODER
    options: dict[str, Any] = field(default_factory=dict)


NARROW = {"channels": [64, 96, 96, 96]}
"""Fewer channels in the deeper stages, where FPN and MAnet would else hold most of their weights."""

# Three stages see about 100 pixels, a kilometre at 10 m, which is enough for a landslide; deeper
# encoders learned rare features worse from as few scenes.
SHAPES = {
    "Unet": CompactShape(options={"encoder_depth": 3, "decoder_channels": [48, 24, 16]}),
    "UnetPlusPlus": CompactShape(options={"encoder_depth": 3, "decoder_channels": [40, 20, 12]}),
    "MAnet": CompactShape(options={"encoder_depth": 3, "decoder_channels": [48, 24, 12],
                                   "decoder_pab_channels": 16, **NARROW}),
    "Linknet": CompactShape(options={"encoder_depth": 3}),
    "FPN": CompactShape(options={"encoder_depth": 4, "decoder_pyramid_channels": 48,
                                 "decoder_segmentation_channels": 32, "upsampling": 2, **NARROW}),
    "PSPNet": CompactShape(options={"encoder_depth": 3, "psp_out_channels": 64}),
    "PAN": CompactShape(options={"encoder_depth": 3, "decoder_channels": 32, "upsampling": 4}),
    "DeepLabV3": CompactShape(options={"encoder_depth": 3, "decoder_channels": 48, "upsampling": 8}),
    "DeepLabV3Plus": CompactShape(options={"encoder_depth": 3, "decoder_channels": 48}),
}  # fmt: skip
