"""The commands in the order of the work, one module each."""

import typer

from geoseg.cli import (
    compare,
    data,
    derive,
    evaluate,
    experiment,
    explain,
    foreign,
    models,
    predict,
    report,
    serve,
    simulate,
    tasks,
    train,
    unite,
)

app = typer.Typer(
    name="geoseg",
    help="Map landslides and wetlands from rasters, by ensembles of segmentation networks.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(predict.predict)
app.command()(evaluate.evaluate)
app.command()(unite.unite)
app.command()(compare.compare)
app.command()(explain.explain)
app.command()(train.train)
app.command()(simulate.simulate)
app.command()(experiment.experiment)
foreign.register(models.app)
app.add_typer(models.app, name="models")
app.add_typer(tasks.app, name="tasks")
app.add_typer(data.app, name="data")
app.add_typer(derive.app, name="derive")
app.command()(report.report)
app.command()(serve.serve)
