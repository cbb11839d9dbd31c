with spans as (
    select * from {{ ref('int_run_span') }}
    where started_at < ended_at
),

-- Runs of a machine that overlap, directly or through others, are one group: only these need to be compared.
marked as (
    select
        *,
        started_at >= max(ended_at) over (
            partition by equipment_id
            order by started_at, run_id
            rows between unbounded preceding and 1 preceding
        ) as begins
    from spans
),

grouped_spans as (
    select
        *,
        sum(coalesce(begins, true)::bigint) over (
            partition by equipment_id order by started_at, run_id
        ) as overlap_group
    from marked
),

edges as (
    select
        equipment_id,
        overlap_group,
        started_at as edge_at
    from grouped_spans
    union
    select
        equipment_id,
        overlap_group,
        ended_at as edge_at
    from grouped_spans
),

stretches as (
    select
        equipment_id,
        overlap_group,
        edge_at as started_at,
        lead(edge_at) over (partition by equipment_id, overlap_group order by edge_at) as ended_at
    from edges
),

final as (
    select
        stretches.equipment_id,
        grouped_spans.run_id,
        stretches.started_at,
        stretches.ended_at
    from stretches
    inner join grouped_spans
        on
            stretches.equipment_id = grouped_spans.equipment_id
            and stretches.overlap_group = grouped_spans.overlap_group
            and stretches.started_at >= grouped_spans.started_at
            and stretches.ended_at <= grouped_spans.ended_at
    qualify row_number() over (
        partition by stretches.equipment_id, stretches.started_at
        order by grouped_spans.started_at desc, grouped_spans.run_id desc
    ) = 1
)

select * from final
