{#- What an event may say of its run; of several, the first that says it counts. -#}
{%- set said = [
    'kind', 'product', 'organisation', 'reported_duration_s', 'ordered_at', 'planned_quantity', 'planned_setup_s',
    'planned_run_s', 'volume_cm3', 'part_mass_kg', 'gas_nm3', 'partner', 'partner_testbed', 'operator_certified',
] -%}

with current_events as (
    select *
    from {{ ref('int_run_event') }}
    {{ not_superseded(['source', 'device', 'record_ref', 'phase']) }}
),

events as (
    select
        *,
        row_number() over (
            partition by equipment_id
            order by observed_at, boot, seq, segment, spool_offset, record, part
        ) as place
    from current_events
),

-- Without a name of its own a run is a start and all that follows until the next start of the machine. Its key sorts as
-- its number does.
numbered as (
    select
        *,
        sum((phase = 'start' and run_ref is null)::bigint) over (
            partition by equipment_id order by place
        ) as start_number
    from events
),

keyed as (
    select
        *,
        coalesce('ref ' || run_ref, 'start ' || lpad(start_number::varchar, 9, '0')) as run_key
    from numbered
    where run_ref is not null or start_number > 0
),

final as (
    select
        equipment_id,
        run_key,
        max(run_ref) as run_ref,
        min(observed_at) filter (where phase = 'start') as started_at,
        arg_min(event_id, place) filter (where phase = 'start') as start_event_id,
        min(observed_at) filter (where phase <> 'start') as ended_at,
        arg_min(event_id, place) filter (where phase <> 'start') as end_event_id,
        {%- for column in said %}
        arg_min({{ column }}, place) filter (where {{ column }} is not null) as {{ column }},
        {%- endfor %}
        bool_or(outcome = 'cancelled' or (phase = 'abort' and outcome is null)) as is_cancelled,
        bool_or(outcome = 'failed') as is_failed
    from keyed
    group by equipment_id, run_key
)

select * from final
