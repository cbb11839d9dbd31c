with runs as (
    select * from {{ ref('fct_run') }}
),

spans as (
    select * from {{ ref('int_run_span') }}
),

-- Time that runs share is the time of one of them.
turns as (
    select * from {{ ref('int_run_turn') }}
),

states as (
    select * from {{ ref('int_state_piece') }}
),

timed as (
    select
        turns.run_id,
        {%- for element in ['APT', 'AUST', 'ADET'] %}
        sum({{ overlap_s('states.started_at', 'states.ended_at', 'turns.started_at', 'turns.ended_at') }})
            filter (where states.element_in_order = '{{ element }}') as {{ element | lower }}_s
        {{- ',' if not loop.last }}
        {%- endfor %}
    from turns
    inner join states
        on
            turns.equipment_id = states.equipment_id
            and turns.started_at < states.ended_at
            and states.started_at < turns.ended_at
    group by turns.run_id
),

-- The planned run time of a whole run, as the slicer says it, over the parts in it is its PRI; else each product has one.
outputs as (
    select
        outputs.*,
        runs.planned_run_s is not null as run_is_planned,
        (
            runs.planned_run_s::decimal(18, 6) * outputs.pq
            / coalesce(nullif(runs.planned_quantity::decimal(18, 6), 0), nullif(outputs.pq, 0))
        )::decimal(28, 6) as run_pri_pq_s,
        (
            runs.planned_run_s::decimal(18, 6) * outputs.gq
            / coalesce(nullif(runs.planned_quantity::decimal(18, 6), 0), nullif(outputs.pq, 0))
        )::decimal(28, 6) as run_pri_gq_s
    from {{ ref('int_run_output') }} as outputs
    inner join runs on outputs.run_id = runs.run_id
),

inspections as (
    select * from {{ ref('int_run_inspection') }}
),

-- A run is booked on the local day on which it closed; one that is open, on the day on which it began.
-- What failed or was broken off without any output has produced nothing; of a finished run without one nothing is known.
-- A build is accepted by its own status, unless an output or its inspections say that no part of it was good.
final as (
    select
        runs.run_id,
        runs.equipment_id,
        runs.closed,
        runs.outcome,
        runs.kind,
        {{ local_day('coalesce(runs.ended_at, runs.started_at)') }} as booked_day,
        {{ seconds_between('spans.started_at', 'spans.ended_at') }} as elapsed_s,
        coalesce(timed.apt_s, 0)::decimal(28, 6) as apt_s,
        coalesce(timed.aust_s, 0)::decimal(28, 6) as aust_s,
        coalesce(timed.adet_s, 0)::decimal(28, 6) as adet_s,
        outputs.pq::decimal(28, 3) as pq,
        outputs.gq::decimal(28, 3) as gq,
        outputs.sq::decimal(28, 3) as sq,
        outputs.rq::decimal(28, 3) as rq,
        coalesce(outputs.run_pri_pq_s, outputs.pri_pq_s)::decimal(28, 6) as pri_pq_s,
        coalesce(outputs.run_pri_gq_s, outputs.pri_gq_s)::decimal(28, 6) as pri_gq_s,
        coalesce(outputs.good_missing, runs.outcome = 'finished') as quantity_missing,
        coalesce(outputs.scrap_missing, runs.outcome = 'finished') as scrap_missing,
        coalesce(outputs.rework_missing, runs.outcome = 'finished') as rework_missing,
        coalesce(outputs.pri_missing and not outputs.run_is_planned, runs.outcome = 'finished') as planned_time_missing,
        runs.closed and runs.kind = 'build_job' as is_build,
        coalesce(
            runs.kind = 'build_job' and runs.outcome = 'finished'
            and not coalesce(
                (outputs.pq > 0 and outputs.gq = 0) or inspections.first_accepted + inspections.later_accepted = 0, false
            ),
            false
        ) as is_accepted_build
    from runs
    inner join spans on runs.run_id = spans.run_id
    left join timed on runs.run_id = timed.run_id
    left join outputs on runs.run_id = outputs.run_id
    left join inspections on runs.run_id = inspections.run_id
)

select * from final
