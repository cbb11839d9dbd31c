"""Marts are judged by structure, sums and limits; whatever is wrong there blocks, and is named."""

import pytest

from expectations.judge import judge_marts, judge_streams
from expectations.verdicts import blocking, read, verdict_file
from tests.expectations.small_warehouse import make_warehouse, small_site


@pytest.fixture
def site(tmp_path):
    return small_site(tmp_path)


def blocked(site, *statements):
    make_warehouse(site, *statements)
    return {verdict.check_id: verdict for verdict in blocking(judge_marts(site, "r1"))}


def test_marts_that_add_up_pass(site):
    assert blocked(site) == {}


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("drop table metrics.met_pilot_month", "met_pilot_month.structure"),
        ("alter table core.dim_region drop column nuts3", "dim_region.structure"),
        ("insert into core.dim_region (region_id) values ('dalarna')", "dim_region.key"),
        ("insert into core.dim_region (region_id) values (null)", "dim_region.key"),
        ("delete from core.sum_stream_quality", "landing.measurement"),
        ("insert into core.fct_measurement values (1)", "fct_measurement.rows"),
        ("update metrics.met_booked_day set outputs_without_run = 0", "fct_output.in_runs"),
        ("insert into core.fct_output values ('a', 'a', null)", "fct_output.in_runs"),
        ("delete from core.fct_output where record_ref is not null", "fct_output.in_runs"),
        ("delete from metrics.int_output_run where run_id is not null", "met_elements_run.pq_from_int_output_run"),
        (
            "update metrics.met_equipment_month set outputs_without_run = 0",
            "met_equipment_month.outputs_without_run_from_met_booked_day",
        ),
        ("update core.fct_state_interval set ended_at = 6 where ended_at = 5", "fct_state_interval.overlap"),
        ("update metrics.met_elements_run set apt_s = 40", "met_elements_run.apt_s_from_met_elements_day"),
        ("update metrics.met_equipment_month set pot_s = pot_s + 1", "met_equipment_month.pot_s_from_met_elements_day"),
        ("update metrics.met_testbed_month set gq = 80", "met_testbed_month.gq_from_met_equipment_month"),
        ("update metrics.met_pilot_month set coverage = 1.2", "met_pilot_month.ratios"),
        ("update metrics.met_pilot_month set quality_ratio = 'nan'", "met_pilot_month.ratios"),
        ("update metrics.met_pilot_month set oee = -0.1", "met_pilot_month.ratios"),
        ("update metrics.met_pilot_month set pbt_s = pot_s + 1", "met_pilot_month.elements"),
        ("update metrics.met_pilot_month set gq = pq + 1", "met_pilot_month.elements"),
        ("update metrics.met_pilot_month set pq = 0, gq = 0", "met_pilot_month.denominators"),
        ("update indicators.fct_indicator_value set value = null", "fct_indicator_value.assessable"),
        ("update indicators.fct_indicator_value set assessable = false", "fct_indicator_value.assessable"),
        ("update indicators.fct_indicator_value set value = 101", "fct_indicator_value.percent"),
        ("update indicators.fct_indicator_value set value = 'inf'", "fct_indicator_value.percent"),
        ("update indicators.fct_indicator_value set quality_state = 'good'", "fct_indicator_value.context"),
        ("update indicators.fct_indicator_value set n = null", "fct_indicator_value.context"),
        ("update indicators.fct_indicator_value set n = 4", "fct_indicator_value.suppressed"),
        (
            "update indicators.fct_indicator_value set value = null, assessable = false, reason = 'too_few', n = null",
            "fct_indicator_value.suppressed",
        ),
        ("update indicators.fct_indicator_value set n = null, numerator = null", "fct_indicator_input.suppressed"),
        ("update indicators.fct_indicator_input set included = true", "fct_indicator_value.inputs"),
        ("update indicators.fct_indicator_value set denominator = 4", "fct_indicator_value.inputs"),
        ("delete from indicators.fct_indicator_input", "fct_indicator_value.inputs"),
        ("update metrics.int_run_planned_day set run_s = 800", "met_elements_day.run_s_from_int_run_planned_day"),
        ("update indicators.fct_indicator_value set is_latest = false", "fct_indicator_value.latest"),
        ("update indicators.fct_indicator_value set indicator_version = '0.9.0'", "fct_indicator_value.complete"),
        ("delete from indicators.fct_indicator_value", "fct_indicator_value.complete"),
        ("update indicators.fct_indicator_progress set status = 'green'", "fct_indicator_progress.status"),
        ("update indicators.fct_indicator_progress set value = 13", "fct_indicator_progress.value"),
        ("update core.fct_allocation set share = 0.7", "fct_allocation.share"),
    ],
)
def test_a_mart_that_is_wrong_blocks_and_is_named(site, statement, check):
    found = blocked(site, statement)
    assert check in found
    assert found[check].state == "failed"


def test_a_check_that_cannot_be_made_blocks_as_broken_not_as_failed(site):
    found = blocked(site, "alter table metrics.met_pilot_month drop column oee")
    assert found["met_pilot_month.structure"].state == "failed"
    assert found["met_pilot_month.ratios"].state == "broken"
    assert "oee" in found["met_pilot_month.ratios"].note


def test_the_reason_names_an_example(site):
    found = blocked(site, "insert into core.dim_region (region_id) values ('dalarna')")
    assert found["dim_region.key"].note == "dalarna"


def test_both_kinds_of_verdicts_lie_in_one_file_and_judging_again_replaces_only_its_own(site):
    make_warehouse(site)
    judge_streams(site, "r1")
    judge_marts(site, "r1")
    first = read(verdict_file(site.paths.verdicts, "r1"))
    judge_marts(site, "r1")
    assert read(verdict_file(site.paths.verdicts, "r1")) == first
    assert {verdict.kind for verdict in first} == {"stream", "mart"}
