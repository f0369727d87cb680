"""The equations of the head and of the loss, the same for every cell."""

from __future__ import annotations

from tracer.equations.quantity import Kind, Parameter, Product, Quantity
from tracer.equations.recurrent import CLASS, SEQUENCE

OUTPUT_PARAMETERS = (
    Parameter("V", ("K", "H"), "weights from the hidden units to the classes",
              "PyTorch Linear.weight, Keras kernel (transposed)", (Product("d_logits", "h"),)),
    Parameter("b", ("K",), "bias of the classes", "PyTorch Linear.bias",
              (Product("d_logits", None),)),
)  # fmt: skip

OUTPUT = (
    Quantity(
        "logits", "V h_t + b", "h @ V.T + b", CLASS, Kind.SCORE, "states",
        "a score for each class, any number (o_t in some texts), before the softmax",
    ),
    Quantity(
        "probs", "p_t", "softmax(logits)", CLASS, Kind.PROBABILITY, "states",
        "the scores turned into probabilities, which sum to 1",
    ),
    Quantity(
        "loss", "L_t", "cross_entropy(logits, target)", SEQUENCE, Kind.LOSS, "states",
        "how surprised the network is by the right answer: -ln of its probability",
    ),
)  # fmt: skip
"""What the head computes from the last layer's h, the same for every cell."""

SENTENCE_CLASS = ("batch", "class")

OF_A_SENTENCE = (
    Quantity(
        "label_T", "y", "", ("batch",), Kind.SCORE, None,
        "the number of the right class of the whole sentence",
    ),
    Quantity(
        "logits_T", "V h_T + b", "at_end(logits, lengths)", SENTENCE_CLASS, Kind.SCORE, None,
        "the scores after the last word of each sentence",
    ),
    Quantity(
        "probs_T", "ŷ", "softmax(logits_T)", SENTENCE_CLASS, Kind.PROBABILITY, None,
        "the answer for the whole sentence: probabilities, which sum to 1",
    ),
    Quantity(
        "loss_T", "L", "cross_entropy(logits_T, label_T)", ("batch",), Kind.LOSS, None,
        "how surprised the network is by the right answer for the sentence: -ln of its probability",
    ),
    Quantity(
        "mean_loss", "", "mean(loss_T)", (), Kind.LOSS, None,
        "the mean of the sentences' losses",
    ),
)  # fmt: skip
"""One answer for each sentence: what counts is the step of its last word, and T stands for it."""

REDUCTION = "sum over steps, mean over the batch"
"""How the losses of single steps become one number."""

OUTPUT_BACKWARD = (
    Quantity(
        "d_logits", "∂L/∂logits", "(probs - one_hot(target)) / N", CLASS, Kind.GRADIENT, "all",
        "the prediction minus the target; 0 at steps that do not count",
    ),
    Quantity(
        "d_V", "∂L/∂V", "", ("row", "column"), Kind.GRADIENT, "all", "the gradient of V",
    ),
    Quantity("d_b", "∂L/∂b", "", ("row",), Kind.GRADIENT, "all", "the gradient of b"),
    Quantity(
        "d_V_per_step", "", "", ("step", "row", "column"), Kind.GRADIENT, "all",
        "each step's contribution to the gradient of V",
    ),
    Quantity(
        "d_b_per_step", "", "", ("step", "row"), Kind.GRADIENT, "all",
        "each step's contribution to the gradient of b",
    ),
)  # fmt: skip
"""The gradients of the head, computed first in the backward pass."""
