with pieces as (
    select * from {{ ref('int_state_piece') }}
),

stops as (
    select * from {{ ref('fct_stop') }}
),

failures as (
    select * from {{ ref('int_failure') }}
),

reasons as (
    select * from {{ ref('int_stop_reason') }}
),

-- A machine of which anything is known on a day has all elements of that day, also those that are 0.
days as (
    select distinct
        equipment_id,
        day
    from pieces
    where state <> 'unknown'
),

elements as (
    select
        equipment_id,
        day,
        unnest(['FE', 'TBF', 'TTR', 'CMT', 'PMT', 'STOPS', 'STOPS_UNPLANNED', 'STOPS_CODED']) as element,
        0 as value,
        0 as n,
        0 as missing
    from days
),

-- A failure is booked on the day on which it begins, with the time since the one before and the time that it takes; as
-- long as its end is not known, neither is its TTR.
failed as (
    select
        equipment_id,
        day,
        unnest(['FE', 'TBF', 'TTR']) as element,
        unnest([1, tbf_s, case when end_known then ttr_s else 0 end]) as value,
        unnest([1, 1, end_known::bigint]) as n,
        unnest([0, 0, (not end_known)::bigint]) as missing
    from failures
),

-- After a failure it takes corrective maintenance to restore the machine, with all that this waits for.
maintained as (
    select
        pieces.equipment_id,
        pieces.day,
        case when reasons.kind = 'preventive' then 'PMT' else 'CMT' end as element,
        pieces.total_s as value,
        1 as n,
        0 as missing
    from pieces
    inner join reasons on {{ as_word('pieces.reason') }} = {{ as_word('reasons.word') }}
    where reasons.kind in ('failure', 'corrective', 'preventive')
),

counted as (
    select
        equipment_id,
        day,
        unnest(['STOPS', 'STOPS_UNPLANNED', 'STOPS_CODED']) as element,
        unnest([1, (in_planned_time and kind <> 'preventive')::bigint, (kind <> 'uncoded')::bigint]) as value,
        unnest([1, (in_planned_time and kind <> 'preventive')::bigint, (kind <> 'uncoded')::bigint]) as n,
        0 as missing
    from stops
),

joined as (
    {%- for relation in ['elements', 'failed', 'maintained', 'counted'] %}
    select * from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        equipment_id,
        day,
        element,
        sum(value)::decimal(28, 6) as value,
        sum(n)::bigint as n,
        sum(missing)::bigint as missing
    from joined
    group by equipment_id, day, element
)

select * from final
