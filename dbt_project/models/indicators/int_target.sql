-- The targets in force: of the registry and of the office's sheets, the one decided last for each indicator and scope.
-- Of a milestone and a band both parts are said, or none.
with registry as (
    select * from {{ ref('stg_registry__targets') }}
),

sheets as (
    select *
    from {{ ref('stg_target') }}
    {{ not_superseded(['indicator_id', 'scope_type', 'scope_id', 'decided_on']) }}
),

united as (
    select
        indicator_id,
        scope_type,
        scope_id,
        coalesce(decided_on, baseline_date) as decided_on,
        'registry' as said_by,
        'registry/targets' as record,
        baseline,
        baseline_date,
        milestone,
        milestone_date,
        target,
        target_date,
        band_low,
        band_high,
        decided_by_sv,
        decided_by_en
    from registry
    union all
    select
        indicator_id,
        scope_type,
        scope_id,
        decided_on,
        'sheet' as said_by,
        event_id as record,
        baseline,
        baseline_date,
        case when milestone_date is not null then milestone end as milestone,
        case when milestone is not null then milestone_date end as milestone_date,
        target,
        target_date,
        case when band_high is not null then band_low end as band_low,
        case when band_low is not null then band_high end as band_high,
        decided_by as decided_by_sv,
        decided_by as decided_by_en
    from sheets
),

final as (
    select *
    from united
    qualify
        row_number() over (
            partition by indicator_id, scope_type, scope_id
            order by decided_on desc, said_by desc, record desc
        ) = 1
)

select * from final
