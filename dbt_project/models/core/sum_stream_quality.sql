-- generated from contracts/streams by `bruk contract sync`; do not edit
{{ config(materialized='touched_days', streams=['event', 'measurement', 'output', 'participation', 'run', 'state']) }}

with event as (
    select
        'event' as stream,
        rows_of_days.equipment as equipment,
        rows_of_days.event_date,
        count(*) as row_count,
        max(rows_of_days.observed_at) as newest_observed_at,
        max(rows_of_days.received_at) as newest_received_at,
        0::bigint as activity_kind_invalid_count,
        0::bigint as actor_kind_invalid_count,
        0::bigint as bad_quality_count,
        0::bigint as channel_invalid_count,
        0::bigint as good_quantity_out_of_range_count,
        0::bigint as hours_out_of_range_count,
        0::bigint as kind_invalid_count,
        count(*) filter (where rows_of_days.equipment is null or rows_of_days.observed_at is null or rows_of_days.kind is null) as missing_required_count,
        0::bigint as org_nr_invalid_count,
        0::bigint as organisation_invalid_count,
        0::bigint as out_of_range_count,
        0::bigint as outcome_invalid_count,
        0::bigint as phase_invalid_count,
        0::bigint as produced_quantity_out_of_range_count,
        0::bigint as quality_invalid_count,
        0::bigint as reported_duration_s_out_of_range_count,
        0::bigint as rework_quantity_out_of_range_count,
        0::bigint as scrap_quantity_out_of_range_count,
        0::bigint as size_class_invalid_count,
        0::bigint as state_invalid_count,
        0::bigint as support_type_invalid_count
    from {{ ref('stg_event') }} as rows_of_days
    where {{ in_touched_days('rows_of_days.event_date') }}
    group by all
),

measurement as (
    select
        'measurement' as stream,
        rows_of_days.equipment as equipment,
        rows_of_days.event_date,
        count(*) as row_count,
        max(rows_of_days.observed_at) as newest_observed_at,
        max(rows_of_days.received_at) as newest_received_at,
        0::bigint as activity_kind_invalid_count,
        0::bigint as actor_kind_invalid_count,
        count(*) filter (where rows_of_days.quality = 'bad') as bad_quality_count,
        count(*) filter (where not regexp_full_match(rows_of_days.channel, '^[a-z][a-z0-9_-]*$')) as channel_invalid_count,
        0::bigint as good_quantity_out_of_range_count,
        0::bigint as hours_out_of_range_count,
        0::bigint as kind_invalid_count,
        count(*) filter (where rows_of_days.equipment is null or rows_of_days.channel is null or rows_of_days.observed_at is null or rows_of_days.value is null) as missing_required_count,
        0::bigint as org_nr_invalid_count,
        0::bigint as organisation_invalid_count,
        count(*) filter (where rows_of_days.value not between channels.minimum and channels.maximum) as out_of_range_count,
        0::bigint as outcome_invalid_count,
        0::bigint as phase_invalid_count,
        0::bigint as produced_quantity_out_of_range_count,
        count(*) filter (where rows_of_days.quality not in ('good', 'uncertain', 'bad')) as quality_invalid_count,
        0::bigint as reported_duration_s_out_of_range_count,
        0::bigint as rework_quantity_out_of_range_count,
        0::bigint as scrap_quantity_out_of_range_count,
        0::bigint as size_class_invalid_count,
        0::bigint as state_invalid_count,
        0::bigint as support_type_invalid_count
    from {{ ref('stg_measurement') }} as rows_of_days
    left join {{ ref('stg_registry__channels') }} as channels
        on
            rows_of_days.equipment = channels.equipment_id
            and rows_of_days.channel = channels.channel
            and rows_of_days.event_date between channels.valid_from and channels.valid_to
    where {{ in_touched_days('rows_of_days.event_date') }}
    group by all
),

output as (
    select
        'output' as stream,
        rows_of_days.equipment as equipment,
        rows_of_days.event_date,
        count(*) as row_count,
        max(rows_of_days.observed_at) as newest_observed_at,
        max(rows_of_days.received_at) as newest_received_at,
        0::bigint as activity_kind_invalid_count,
        0::bigint as actor_kind_invalid_count,
        0::bigint as bad_quality_count,
        0::bigint as channel_invalid_count,
        count(*) filter (where rows_of_days.good_quantity < 0) as good_quantity_out_of_range_count,
        0::bigint as hours_out_of_range_count,
        0::bigint as kind_invalid_count,
        count(*) filter (where rows_of_days.equipment is null or rows_of_days.observed_at is null or rows_of_days.produced_quantity is null) as missing_required_count,
        0::bigint as org_nr_invalid_count,
        0::bigint as organisation_invalid_count,
        0::bigint as out_of_range_count,
        0::bigint as outcome_invalid_count,
        0::bigint as phase_invalid_count,
        count(*) filter (where rows_of_days.produced_quantity < 0) as produced_quantity_out_of_range_count,
        0::bigint as quality_invalid_count,
        0::bigint as reported_duration_s_out_of_range_count,
        count(*) filter (where rows_of_days.rework_quantity < 0) as rework_quantity_out_of_range_count,
        count(*) filter (where rows_of_days.scrap_quantity < 0) as scrap_quantity_out_of_range_count,
        0::bigint as size_class_invalid_count,
        0::bigint as state_invalid_count,
        0::bigint as support_type_invalid_count
    from {{ ref('stg_output') }} as rows_of_days
    where {{ in_touched_days('rows_of_days.event_date') }}
    group by all
),

participation as (
    select
        'participation' as stream,
        null::varchar as equipment,
        rows_of_days.event_date,
        count(*) as row_count,
        max(rows_of_days.activity_date::timestamptz) as newest_observed_at,
        max(rows_of_days.received_at) as newest_received_at,
        count(*) filter (where rows_of_days.activity_kind not in ('knowledge', 'support', 'assessment', 'other')) as activity_kind_invalid_count,
        count(*) filter (where rows_of_days.actor_kind not in ('company', 'research', 'civil_society', 'public')) as actor_kind_invalid_count,
        0::bigint as bad_quality_count,
        0::bigint as channel_invalid_count,
        0::bigint as good_quantity_out_of_range_count,
        count(*) filter (where rows_of_days.hours < 0) as hours_out_of_range_count,
        0::bigint as kind_invalid_count,
        count(*) filter (where rows_of_days.org_nr is null or rows_of_days.activity_id is null or rows_of_days.activity_date is null or rows_of_days.activity_kind is null or rows_of_days.actor_kind is null or rows_of_days.subproject is null) as missing_required_count,
        count(*) filter (where not regexp_full_match(rows_of_days.org_nr, '^([0-9]{6}-[0-9]{4}|p-[0-9a-f]{32})$')) as org_nr_invalid_count,
        0::bigint as organisation_invalid_count,
        0::bigint as out_of_range_count,
        0::bigint as outcome_invalid_count,
        0::bigint as phase_invalid_count,
        0::bigint as produced_quantity_out_of_range_count,
        0::bigint as quality_invalid_count,
        0::bigint as reported_duration_s_out_of_range_count,
        0::bigint as rework_quantity_out_of_range_count,
        0::bigint as scrap_quantity_out_of_range_count,
        count(*) filter (where rows_of_days.size_class not in ('micro', 'small', 'medium', 'large')) as size_class_invalid_count,
        0::bigint as state_invalid_count,
        count(*) filter (where rows_of_days.support_type not in ('grant', 'non_financial', 'financial_instrument')) as support_type_invalid_count
    from {{ ref('stg_participation') }} as rows_of_days
    where {{ in_touched_days('rows_of_days.event_date') }}
    group by all
),

run as (
    select
        'run' as stream,
        rows_of_days.equipment as equipment,
        rows_of_days.event_date,
        count(*) as row_count,
        max(rows_of_days.observed_at) as newest_observed_at,
        max(rows_of_days.received_at) as newest_received_at,
        0::bigint as activity_kind_invalid_count,
        0::bigint as actor_kind_invalid_count,
        0::bigint as bad_quality_count,
        0::bigint as channel_invalid_count,
        0::bigint as good_quantity_out_of_range_count,
        0::bigint as hours_out_of_range_count,
        count(*) filter (where rows_of_days.kind not in ('build_job', 'batch', 'order', 'experiment', 'training')) as kind_invalid_count,
        count(*) filter (where rows_of_days.equipment is null or rows_of_days.observed_at is null or rows_of_days.phase is null) as missing_required_count,
        0::bigint as org_nr_invalid_count,
        count(*) filter (where not regexp_full_match(rows_of_days.organisation, '^([0-9]{6}-[0-9]{4}|p-[0-9a-f]{32})$')) as organisation_invalid_count,
        0::bigint as out_of_range_count,
        count(*) filter (where rows_of_days.outcome not in ('finished', 'failed', 'cancelled')) as outcome_invalid_count,
        count(*) filter (where rows_of_days.phase not in ('start', 'end', 'abort')) as phase_invalid_count,
        0::bigint as produced_quantity_out_of_range_count,
        0::bigint as quality_invalid_count,
        count(*) filter (where rows_of_days.reported_duration_s < 0) as reported_duration_s_out_of_range_count,
        0::bigint as rework_quantity_out_of_range_count,
        0::bigint as scrap_quantity_out_of_range_count,
        0::bigint as size_class_invalid_count,
        0::bigint as state_invalid_count,
        0::bigint as support_type_invalid_count
    from {{ ref('stg_run') }} as rows_of_days
    where {{ in_touched_days('rows_of_days.event_date') }}
    group by all
),

state as (
    select
        'state' as stream,
        rows_of_days.equipment as equipment,
        rows_of_days.event_date,
        count(*) as row_count,
        max(rows_of_days.observed_at) as newest_observed_at,
        max(rows_of_days.received_at) as newest_received_at,
        0::bigint as activity_kind_invalid_count,
        0::bigint as actor_kind_invalid_count,
        0::bigint as bad_quality_count,
        0::bigint as channel_invalid_count,
        0::bigint as good_quantity_out_of_range_count,
        0::bigint as hours_out_of_range_count,
        0::bigint as kind_invalid_count,
        count(*) filter (where rows_of_days.equipment is null or rows_of_days.observed_at is null or rows_of_days.state is null) as missing_required_count,
        0::bigint as org_nr_invalid_count,
        0::bigint as organisation_invalid_count,
        0::bigint as out_of_range_count,
        0::bigint as outcome_invalid_count,
        0::bigint as phase_invalid_count,
        0::bigint as produced_quantity_out_of_range_count,
        0::bigint as quality_invalid_count,
        0::bigint as reported_duration_s_out_of_range_count,
        0::bigint as rework_quantity_out_of_range_count,
        0::bigint as scrap_quantity_out_of_range_count,
        0::bigint as size_class_invalid_count,
        count(*) filter (where rows_of_days.state not in ('producing', 'setup', 'delayed', 'idle', 'down', 'off', 'unknown')) as state_invalid_count,
        0::bigint as support_type_invalid_count
    from {{ ref('stg_state') }} as rows_of_days
    where {{ in_touched_days('rows_of_days.event_date') }}
    group by all
),

final as (
    select * from event
    union all
    select * from measurement
    union all
    select * from output
    union all
    select * from participation
    union all
    select * from run
    union all
    select * from state
)

select * from final
