-- Inputs of G4.3b: the time of each run that closed in the month, by the county of the company it was made for. Its
-- number is that of the companies, each counted with its first run: the threshold protects them, not their runs.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G4.3b'
),

runs as (
    select
        *,
        closed and organisation_county is not null as known,
        row_number() over (
            partition by scope_type, scope_id, period_start, organisation
            order by closed and organisation_county is not null desc, run_id
        ) as occurrence
    from {{ ref('int_scope_run') }}
),

final as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'run' as input_kind,
        runs.run_id as input_id,
        case
            when runs.known and runs.organisation_county <> runs.region_id then runs.elapsed_s else 0
        end::decimal(28, 6) as numerator,
        case when runs.known then runs.elapsed_s else 0 end::decimal(28, 6) as denominator,
        (runs.known and runs.occurrence = 1)::int::bigint as n,
        runs.known as included,
        case when not runs.closed then 'open' when not runs.known then 'no_company' end as reason,
        runs.ended_at as input_at,
        null::boolean as failed
    from frame
    inner join runs
        on
            frame.scope_type = runs.scope_type
            and frame.scope_id = runs.scope_id
            and frame.period_start = runs.period_start
)

select * from final
