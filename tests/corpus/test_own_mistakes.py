"""The known wrong answers beside our exercises: each gets the diagnosis that it should.

In this process; tests/grading/test_exercises.py has some of them behind the wall. A third of those
that are named; ``make corpus`` has all.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.grading.recorded import lacking
from tracer.corpus.inside import InThisProcess
from tracer.course.authoring import SEED, first_line
from tracer.exercises.discovery import discover, home
from tracer.exercises.submission import Submission
from tracer.grading.report import Report
from tracer.grading.session import grade

NAMED = {
    "01_word_codes/characters_for_digits": "characters_for_digits",
    "01_word_codes/one_row_for_all": "every_row_the_last_word",
    "01_word_codes/two_is_one": "two_becomes_one",
    "01_word_codes/unknown_word_like_the_one_before": "unknown_word_gets_the_code_before",
    "10_rnn_step/no_tanh": "z_not_squeezed",
    "10_rnn_step/w_not_transposed": "W_not_transposed",
    "11_softmax/bias_in_the_probabilities": "bias_added_to_probs",
    "11_softmax/bias_left_out": "other_logits",
    "11_softmax/logits_changed": "logits_less_the_largest",
    "11_softmax/maximum_not_subtracted": "softmax_overflows",
    "11_softmax/one_maximum_for_all": "one_maximum_for_all",
    "11_softmax/over_everything": "softmax_over_everything",
    "11_softmax/over_the_sentences": "softmax_over_the_batch",
    "11_softmax/sigmoid": "other_probs",
    "13_rnn_unroll/h_0_as_the_first": "first_word_unread",
    "13_rnn_unroll/h_0_at_every_step": "initial_state_at_every_step",
    "13_rnn_unroll/h_0_ignored": "initial_state_ignored",
    "13_rnn_unroll/h_0_in_front": "state_one_late",
    "13_rnn_unroll/one_buffer": "one_buffer",
    "14_tagging_loss/gradient_not_divided": "other_d_logits",
    "14_tagging_loss/logarithm_to_base_2": "loss_in_bits",
    "14_tagging_loss/mean_over_the_words": "other_total_loss",
    "14_tagging_loss/padding_counted": "padding_counted_in_both",
    "14_tagging_loss/softmax_over_the_sentences": "softmax_in_the_loss_too",
    "15_classification_loss/averaged_over_the_steps": "other_mean_loss",
    "15_classification_loss/averaged_twice": "other_mean_loss",
    "15_classification_loss/logarithm_to_base_2": "other_loss_of_a_sentence",
    "15_classification_loss/mean_over_the_words": "mean_of_the_words",
    "15_classification_loss/one_word_too_early": "word_before_the_last",
    "15_classification_loss/one_word_too_late": "step_after_the_last_word",
    "15_classification_loss/padding_taken_for_the_end": "last_step_of_the_array",
    "15_classification_loss/squared_distance": "other_loss_of_a_sentence",
    "16_generation/one_word_for_all": "word_of_the_first_sentence",
    "16_generation/probabilities_fed": "probabilities_fed",
    "16_generation/start_state_ignored": "start_state_ignored",
    "16_generation/start_word_every_time": "start_word_fed_every_time",
    "16_generation/start_word_returned": "start_word_among_the_words",
    "16_generation/state_not_carried": "state_not_carried",
    "20_lstm_gates/bias_forgotten": "without_bias",
    "20_lstm_gates/order_i_f_o_g": "gate_order",
    "20_lstm_gates/overflowing_sigmoid": "sigma_overflows",
    "20_lstm_gates/sigmoid_for_g": "other_g",
    "21_cell_update/all_of_g_written": "other_c",
    "21_cell_update/i_and_f_exchanged": "other_c",
    "21_cell_update/no_tanh_on_c": "c_not_squeezed",
    "21_cell_update/not_f_for_i": "other_c",
    "21_cell_update/switches_added": "other_c",
    "21_cell_update/tanh_around_c": "c_squeezed",
    "24_cross_entropy/both_classes_counted": "other_loss",
    "24_cross_entropy/logarithm_of_zero": "loss_of_a_probability_of_0",
    "24_cross_entropy/logarithm_to_base_2": "other_loss",
    "24_cross_entropy/mean_over_the_classes": "other_loss",
    "24_cross_entropy/small_number_added": "small_number_in_the_loss",
    "24_cross_entropy/softmax_taken_twice": "softmax_twice_in_loss",
    "24_cross_entropy/sum_for_the_mean": "other_total_loss",
    "22_lstm_step/h_and_c_swapped": "h_and_c_exchanged",
    "22_lstm_step/i_and_f_exchanged": "gate_order",
    "22_lstm_step/no_tanh_on_c": "c_not_squeezed",
    "23_lstm_unroll/c_0_at_every_step": "initial_state_at_every_step",
    "23_lstm_unroll/one_word_too_many": "one_step_too_many",
    "23_lstm_unroll/padding_read": "runs_through_padding",
    "23_lstm_unroll/start_ignored": "initial_states_ignored",
    "23_lstm_unroll/zero_after_the_end": "zero_after_the_end",
    "30_rnn_step_backward/slope_forgotten": "rnn_other_d_z",
    "30_rnn_step_backward/slope_of_the_gradient": "rnn_other_d_z",
    "30_rnn_step_backward/tanh_twice": "rnn_other_d_z",
    "30_rnn_step_backward/w_transposed": "rnn_other_d_h_prev",
    "30_rnn_step_backward/weights_from_d_h": "gradients_of_d_h",
    "30_rnn_step_backward/with_the_new_state": "d_W_with_h",
    "31_rnn_backward/clipped_in_the_loop": "gradient_clipped_in_the_loop",
    "31_rnn_backward/first_state_wraps": "backward_past_wraps",
    "31_rnn_backward/first_step_left_out": "backward_ends_at_the_second_step",
    "31_rnn_backward/forward_in_time": "backward_runs_forward",
    "31_rnn_backward/nothing_from_the_next_step": "nothing_from_next_step",
    "31_rnn_backward/one_step_only": "gradients_of_the_first_step",
    "31_rnn_backward/start_at_zero": "d_W_without_the_first_step",
    "31_rnn_backward/with_the_new_state": "d_W_with_h",
    "32_lstm_step_backward/clipped": "d_z_clipped",
    "32_lstm_step_backward/memory_of_now_for_f": "other_d_f",
    "32_lstm_step_backward/nothing_from_the_next_memory": "no_d_c_from_next",
    "32_lstm_step_backward/slope_of_tanh_taken_of_c": "other_slope_of_the_memory",
    "32_lstm_step_backward/tanh_twice": "other_slope_of_g",
    "33_lstm_backward/clipped": "d_z_clipped",
    "33_lstm_backward/last_step_only": "gradients_of_the_first_step",
    "33_lstm_backward/memory_not_carried_back": "other_d_c_prev",
    "33_lstm_backward/nothing_from_after_the_end": "gradients_of_last_states_ignored",
    "33_lstm_backward/nothing_from_the_next_step": "nothing_from_next_step",
    "35_gradient_norm/absolute_values": "other_d_h_norm",
    "35_gradient_norm/after_the_slope": "norm_of_another",
    "35_gradient_norm/last_word_first": "norms_reversed",
    "35_gradient_norm/mean_for_sum": "other_d_h_norm",
    "35_gradient_norm/own_loss_left_out": "norm_of_another",
    "35_gradient_norm/own_loss_only": "nothing_from_next_step",
    "35_gradient_norm/root_forgotten": "other_d_h_norm",
    "35_gradient_norm/slope_forgotten": "rnn_other_d_z",
    "41_clip_by_norm/always_scaled": "other_scale",
    "41_clip_by_norm/by_value": "clipped_by_value",
    "41_clip_by_norm/each_for_itself": "clipped_array_by_array",
    "41_clip_by_norm/root_forgotten": "other_norm",
    "42_momentum/looking_ahead": "sgd_nesterov",
    "42_momentum/old_velocity_returned": "sgd_velocity_as_it_came",
    "42_momentum/rate_in_the_velocity": "sgd_rate_in_the_velocity",
    "42_momentum/running_mean": "sgd_other_velocity",
    "42_momentum/weights_shrunk": "sgd_other_step",
    "42_momentum/with_the_gradient": "sgd_other_step",
    "43_adam/epsilon_under_the_root": "adam_other_step",
    "43_adam/no_correction": "adam_no_correction",
    "43_adam/square_forgotten": "adam_other_v",
    "43_adam/with_the_gradient": "adam_other_step",
}

NOT_NAMED = {
    "01_word_codes/each_word_once": "has another shape",
    "01_word_codes/eight_digits": "has another shape",
    "01_word_codes/eight_zeros": "raises a ValueError",
    "01_word_codes/one_number_for_a_word": "has another shape",
    "01_word_codes/texts_for_numbers": "returns no numbers",
    "01_word_codes/unknown_word_left_out": "has another shape",
    "01_word_codes/unknown_word_not_thought_of": "raises a KeyError",
    "10_rnn_step/bias_only_at_first_step": "remembers that it was called",
    "10_rnn_step/h_prev_overwritten": "changes an input",
    "13_rnn_unroll/never_emptied": "remembers that it was called",
    "15_classification_loss/lengths_changed": "changes an input",
    "16_generation/one_word_too_many": "has another shape",
    "16_generation/state_overwritten": "changes an input",
    "21_cell_update/memory_changed_in_place": "changes an input",
    "22_lstm_step/weights_remembered": "remembers that it was called",
    "30_rnn_step_backward/bias_as_a_row": "returns another shape",
    "30_rnn_step_backward/d_h_changed_in_place": "changes an input",
    "31_rnn_backward/gradient_changed_in_place": "changes an input",
    "32_lstm_step_backward/d_c_changed_in_place": "changes an input",
    "33_lstm_backward/gradient_changed_in_place": "changes an input",
    "33_lstm_backward/loss_after_the_end_left_out": "leaves out what comes after the end",
    "33_lstm_backward/padding_learned_from": "keeps what no equation computes after the end",
    "35_gradient_norm/gradient_changed_in_place": "changes an input",
    "35_gradient_norm/norm_over_the_sentences": "returns another shape",
    "41_clip_by_norm/gradient_changed_in_place": "changes an input",
    "42_momentum/velocity_changed_in_place": "changes an input",
    "43_adam/memory_changed_in_place": "changes an input",
}
"""The others are no change of the equations: what each does instead."""

SOME = list(NAMED) if "TRACER_EVERY" in os.environ else list(NAMED)[::3]

LONG = ("33_lstm_backward/loss_after_the_end_left_out", "33_lstm_backward/padding_learned_from")
"""Searched for at length; in ``make corpus`` only."""


def test_each_known_mistake_has_its_diagnosis_here() -> None:
    """One that is added has to be put into one of the two lists.

    Where an exercise asks for True or False, or for a single number, there are no numbers to name.
    """
    folder = home().parent / "solutions"
    stated = {e.name for e in discover().good if not (e.asks_for_quantities or e.reference)}
    found = {f"{p.parts[-3]}/{p.stem}" for p in folder.glob("*/mistakes/*.py")}
    found = {answer for answer in found if Path(answer).parts[0] not in stated}

    assert found == {*NAMED, *NOT_NAMED}


def report_on(answer: str) -> Report:
    """Graded once: the checks that fail are those of its first line, and the record has it all."""
    folder, mistake = Path(answer).parts
    exercise = next(e for e in discover().good if e.name == folder)
    path = home().parent / "solutions" / folder / "mistakes" / f"{mistake}.py"

    report = grade(exercise, Submission.read(path), seed=SEED, wall=InThisProcess())

    assert first_line(report) == path.read_text("utf-8").partition("\n")[0]
    assert lacking(report) == []
    return report


@pytest.mark.parametrize(
    "answer", [a for a in NOT_NAMED if a not in LONG or "TRACER_EVERY" in os.environ]
)
def test_nothing_is_named_that_is_no_change_of_the_equations(answer: str) -> None:
    """What is said instead is no name: an input that was changed, a call that was remembered."""
    report = report_on(answer)

    assert report.diagnosis is None or not report.diagnosis.edits


@pytest.mark.parametrize("answer", SOME)
def test_a_known_mistake_is_named(answer: str) -> None:
    """Among those that give the same numbers, if there are several."""
    report = report_on(answer)

    assert report.diagnosis is not None
    (one_of,) = report.diagnosis.named
    assert NAMED[answer] in {known.id for known in one_of}
