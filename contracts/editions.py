"""What an edition holds and nothing else: its tables, their columns, and the key of each table's grain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EditionTable:
    """One Parquet file of an edition: these columns of the dbt model `model`. `key` is never null and unique."""

    name: str
    model: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


def _table(name: str, key: str, columns: str, model: str | None = None) -> EditionTable:
    return EditionTable(name, model or name, tuple(key.split()), tuple((key + " " + columns).split()))


#: What the edition tells otherwise than the one of the last meeting told it, a row for each cause. It comes from both
#: editions and from no model of dbt. `what` is value, baseline, milestone or target; of the latter three the period is
#: the day that it was decided for, then (`period_start`) and now (`period_end`).
RESTATEMENT = _table(
    "restatement",
    "what indicator_id scope_type scope_id period_start cause_no",
    "period_end unit old_value new_value old_assessable new_assessable old_version new_version cause detail source "
    "file_name received_at sha256",
)

#: How far each goal has come, formed of the progress that the edition tells and of no other: a level that stood on what
#: is withheld would tell it.
GOAL_PROGRESS = _table(
    "fct_goal_progress",
    "goal_id scope_type scope_id",
    "indicators judged steps assessable reached reached_low reached_high planned",
    model="scorecards/goal_level.py",
)

_MONTH = (
    "period_end pot_s pbt_s apt_s aust_s adet_s adot_s run_s known_s pq gq sq pri_pq_s pri_gq_s builds_started "
    "builds_accepted availability effectiveness quality_ratio oee nee build_success_rate utilisation coverage open_runs"
)

#: What disclosure control makes of marts that stay in the warehouse: which breakdowns there are, and their cells. A
#: coordinate is `*` for a total, and empty where the table has fewer dimensions. `state` is shown, hidden or left_out
#: (what is public already leaves it fewer values than hiding promises). `last_value`: shown by this edition or the
#: newest earlier one (`last_edition`) that showed the cell. Why a cell is hidden is not told: it would bound it.
PROTECTED_TABLES: tuple[EditionTable, ...] = (
    _table(
        "tab_table",
        "table_id",
        "measure name_sv name_en about how unit minimum cells hidden left_out withheld columns column_names_sv "
        "column_names_en hidden_sv hidden_en left_out_sv left_out_en withheld_sv withheld_en overlap_sv overlap_en",
        model="contracts/tables.yaml",
    ),
    _table(
        "tab_cell",
        "table_id d1 d2 d3",
        "value contributors state last_value last_contributors last_edition",
        model="contracts/tables.yaml",
    ),
)

#: The tables of an edition that are made when it is, of what others of its tables tell.
MADE_TABLES = (GOAL_PROGRESS, RESTATEMENT)

#: Every table of an edition that the warehouse makes, in the order of the manifest. Units stand in the names; months
#: are local calendar months. For whom a run was made stays in the warehouse, and so does who took part.
EDITION_TABLES: tuple[EditionTable, ...] = (
    _table("dim_region", "region_id", "name_sv name_en nuts3"),
    _table("dim_subproject", "subproject_id", "name_sv name_en"),
    _table("dim_goal", "goal_id", "name_sv name_en"),
    _table("dim_step", "step_id", "goal_id text_sv text_en"),
    _table("dim_testbed", "testbed_id", "name_sv name_en region_id municipality kind"),
    _table(
        "dim_equipment",
        "equipment_id valid_from",
        "name_sv name_en testbed_id area work_centre work_unit kind device owner expected_interval_s "
        "confidential_streams valid_to",
    ),
    _table("dim_channel", "equipment_id channel", "name_sv name_en unit minimum maximum"),
    _table("dim_pilot", "pilot_id", "name_sv name_en subproject_id regions summary_sv summary_en valid_from valid_to"),
    _table(
        "dim_indicator",
        "indicator_id version",
        "of_indicator goal_id step_id name_sv name_en formula_sv formula_en unit direction type kind code how over "
        "measured_of streams needed_columns source_sv source_en scopes n_unit_sv n_unit_en n_min coverage_min "
        "stands_on protects notes_sv notes_en place",
    ),
    _table("dim_counted", "element", "name_sv name_en stream column_name"),
    _table(
        "dim_erdf_code",
        "code_list code valid_from",
        "valid_to name_sv name_en unit_sv unit_en kind common aliases unverified",
    ),
    _table("dim_indicator_code", "indicator_id code_list code", "relation unverified"),
    _table(
        "dim_metric",
        "metric_id version",
        "metric_group name_sv name_en description_sv description_en formula_sv formula_en "
        "numerator_expression denominator_expression elements streams "
        "scale unit minimum maximum trend timing audience methodology scopes source_standard source_clause "
        "source_edition disagreement_sv disagreement_en aggregation n_element n_min coverage_min notes_sv notes_en "
        "needs_sv needs_en made_by place",
    ),
    _table("dim_element", "element", "name_sv name_en unit room whole"),
    _table("fct_allocation", "pilot_id equipment_id valid_from", "share valid_to"),
    _table(
        "fct_run",
        "run_id",
        "equipment_id testbed_id run_ref kind product started_at ended_at outcome "
        "reported_duration_s elapsed_s produced good scrap start_event_id end_event_id planned_run_s "
        "apt_s aust_s adet_s",
        model="met_run",
    ),
    _table("met_equipment_month", "equipment_id period_start", _MONTH),
    _table("met_testbed_month", "testbed_id period_start", _MONTH),
    _table("met_pilot_month", "pilot_id period_start", _MONTH),
    _table("met_element_day", "equipment_id day element", "value n missing"),
    _table("met_element_period", "scope_type scope_id period_start element", "value n missing machines"),
    _table(
        "met_kpi_period",
        "metric_id scope_type scope_id period_start",
        "metric_version period_end value numerator denominator n coverage newest_observed_at freshness_s assessable "
        "reason",
    ),
    _table("met_pilot_outcome", "pilot_id outcome", "runs"),
    _table(
        "dim_characteristic",
        "characteristic_id version",
        "name_sv name_en equipment_id chart unit lsl usl reference_name_sv reference_name_en reference_first_day "
        "reference_last_day reference_known_at n_min run_length is_current",
    ),
    _table(
        "met_control_limit",
        "characteristic_id version statistic",
        "method base sigma group_size center deviation lcl ucl groups observations known_at frozen",
    ),
    _table(
        "met_control_point",
        "characteristic_id version statistic point",
        "group_key started_at ended_at excluded n value center lcl ucl z one_side rule_1 rule_2 rule_3 rule_4 signal",
    ),
    _table(
        "met_capability",
        "characteristic_id version",
        "n mean sigma_within sigma_overall target cp cpk cpm pp ppk below_lsl above_usl assessable reason",
    ),
    _table("met_coverage_day", "equipment_id day", "planned_s known_s coverage messages"),
    _table(
        "fct_indicator_value",
        "indicator_id scope_type scope_id period_start",
        "indicator_version period_end value unit numerator denominator n coverage newest_input_at freshness_s "
        "quality_state assessable reason as_of is_latest is_open",
    ),
    _table(
        "fct_indicator_progress",
        "indicator_id scope_type scope_id",
        "value period_start period_end baseline baseline_date milestone milestone_date target target_date progress "
        "expected expected_value status band_low band_high decided_on decided_by_sv decided_by_en",
    ),
    _table("fct_maturity_evidence", "testbed_id period_start acatech_stage", "numerator denominator share"),
    _table(
        "fct_maturity_level",
        "testbed_id model model_version dimension assessor_type",
        "level first_level assessed_on",
    ),
    _table(
        "fct_indicator_input",
        "indicator_id scope_type scope_id period_start input_kind input_id",
        "numerator denominator included reason",
    ),
)
