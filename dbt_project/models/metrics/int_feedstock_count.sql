with recursive

inflows as (
    select * from {{ ref('int_feedstock_inflow') }}
),

own_cycles as (
    select
        lot,
        recovered_at
    from {{ ref('int_feedstock_cycle') }}
    where from_lot is null
),

-- Who asks for the count of a lot, and at which instant: the lot itself, of all that is known, and each inflow that
-- brought powder of it elsewhere.
questions as (
    select distinct
        'lot ' || lot as question_id,
        lot,
        'infinity'::timestamptz as at_instant
    from inflows
    union all
    select
        inflow_id as question_id,
        from_lot as lot,
        from_instant as at_instant
    from inflows
    where from_lot is not null
),

counted as (
    select
        questions.question_id,
        questions.lot,
        questions.at_instant,
        count(own_cycles.lot) as own_builds
    from questions
    left join own_cycles
        on questions.lot = own_cycles.lot and questions.at_instant >= own_cycles.recovered_at
    group by all
),

-- Its answer is that of its parts, by mass.
answers as (
    select
        counted.question_id,
        counted.own_builds,
        inflows.inflow_id,
        inflows.from_lot,
        inflows.known_count,
        inflows.builds,
        case
            when sum(inflows.mass_kg) over (partition by counted.question_id) > 0
                then inflows.mass_kg::double / sum(inflows.mass_kg) over (partition by counted.question_id)::double
            else 1.0 / count(*) over (partition by counted.question_id)
        end as share
    from counted
    inner join inflows on counted.lot = inflows.lot and counted.at_instant >= inflows.at_instant
    where counted.question_id <> inflows.inflow_id
),

-- From every lot back through its blends. Records that contradict each other may go in a circle: 50 blends end it.
walked as (
    select
        lot,
        question_id,
        1::decimal(18, 12) as weight,
        0::bigint as builds,
        0 as blends
    from counted
    where question_id = 'lot ' || lot
    union all
    select
        walked.lot,
        answers.inflow_id as question_id,
        sum((walked.weight::double * answers.share)::decimal(18, 12))::decimal(18, 12) as weight,
        max(walked.builds + answers.own_builds + answers.builds) as builds,
        walked.blends + 1 as blends
    from walked
    inner join answers on walked.question_id = answers.question_id
    where answers.from_lot is not null and walked.blends < 50
    group by walked.lot, answers.inflow_id, walked.blends
),

final as (
    select
        walked.lot,
        case
            when count(*) = count(*) filter (where answers.from_lot is not null or answers.known_count is not null)
                then max(walked.builds + answers.own_builds + answers.builds + coalesce(answers.known_count, 0))
        end::bigint as reuse_count_max,
        case
            when count(*) = count(*) filter (where answers.from_lot is not null or answers.known_count is not null)
                then sum(
                    (
                        walked.weight::double * answers.share
                        * (answers.own_builds + answers.builds + coalesce(answers.known_count, 0))
                    )::decimal(28, 6)
                )
        end::decimal(28, 6) as reuse_count_mean
    from walked
    left join answers on walked.question_id = answers.question_id
    group by walked.lot
)

select * from final
