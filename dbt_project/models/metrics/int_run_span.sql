-- What a run occupies of its machine: to its end, or, while it is open, to the machine's own last evidence.
with runs as (
    select * from {{ ref('fct_run') }}
),

evidence as (
    select * from {{ ref('int_equipment_evidence') }}
),

final as (
    select
        runs.run_id,
        runs.equipment_id,
        runs.closed,
        runs.started_at,
        coalesce(runs.ended_at, greatest(evidence.newest_observed_at, runs.started_at)) as ended_at
    from runs
    left join evidence on runs.equipment_id = evidence.equipment_id
)

select * from final
