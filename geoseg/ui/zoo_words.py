"""What the Models page says."""

LEAD = "Which networks there are, how good each is, and what asking several of them gains."
NO_RANKING = """
**These networks have not been judged side by side yet.** The table shows what each scored on its own
validation ground. Judged on ground of yours with a reference, you would see

- how every network does there, and how F1 grows with the number of networks averaged,
- which architecture, loss and learning rate matter,
- whether weights, a better threshold, calibration or flips and turns help.
"""
JUDGE = (
    "Ground the networks did not learn from. Every network maps it once; its reference says how "
    "well. Areas the networks were trained on flatter them."
)
FIT = (
    "Other ground with a reference, on which weights, threshold and calibration are fitted. Without "
    "it, only plain averages are compared: fitting on the ground that judges would flatter them."
)
TURNS = (
    "Show every tile in eight positions and average the answers, to see whether that helps. Nine "
    "times the work on the ground that judges."
)
INTERVAL = (
    "The shade is the 95 % interval of each F1: squares of the ground drawn anew many times. Shades "
    "that overlap do not say that two are alike, for both are judged on the same squares: whether "
    "averaging is surely better tells the interval of the gain in the table below."
)
DIAGRAM = (
    "To the upper right is better. Grey curves: equal F1. Dashed lines: how much the map shows of "
    "what there is; above the middle one it shows too much, below it too little."
)
EFFECTS = (
    "How far a choice lifts or lowers F1 beside the mean of all choices, other choices being equal. "
    "A bar across the zero line may be chance. The share tells how much of the differences between "
    "networks only this choice explains."
)
COMPARED = (
    "All were fitted on validation ground and are judged here. A bar is the 95 % interval of the "
    "difference of F1 from the dotted line, on the same squares of ground for both. Green: the whole "
    "bar lies above the line; red: below; grey may be chance. The table has each F1 with an interval "
    "of its own, which is wider."
)
CALIBRATION = (
    "Log loss and calibration error are small where the probability can be taken at its word. "
    "Calibration moves no pixel across 0.5; it corrects how sure the map sounds. A greedy choice is "
    "made for right pixels alone: look at its calibration error before you use its probability."
)
FAR_OFF = (
    "**The probability of {names} is not to be read as a chance** as it is: said and true share lie "
    "{errors} apart on average{after}."
)
TERMS = {
    "loss": "What the network was taught to make small: how a mistake is counted in training.",
    "rate": "How large the steps of learning were.",
    "architecture": "How the network is built: how it looks at a place and its surroundings.",
    "precision": "Of all pixels mapped as the feature, the share that is so in the reference.",
    "recall": "Of all feature pixels of the reference, the share that was mapped.",
    "f1": "Precision and recall in one number: 1 is perfect.",
    "times": "How often a network looks at each tile: members, times eight with flips and turns. "
    "It decides how long a map takes.",
}
