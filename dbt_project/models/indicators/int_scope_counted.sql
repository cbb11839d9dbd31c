-- Every counted record in every scope that it names, once in each: scopes are no tree, and nothing is added up over
-- them.
with counted as (
    select * from {{ ref('int_counted') }}
),

pilots as (
    select * from {{ ref('dim_pilot') }}
),

testbeds as (
    select * from {{ ref('dim_testbed') }}
),

verdicts as (
    select
        stream,
        event_date,
        bool_or(not success) as failed
    from {{ ref('stg_stream_verdict') }}
    group by stream, event_date
),

placed as (
    select
        counted.* exclude (subproject, regions),
        verdicts.failed,
        coalesce(counted.subproject, pilots.subproject_id) as subproject,
        case
            when len(counted.regions) > 0 then counted.regions
            when testbeds.region_id is not null then [testbeds.region_id]
            else []
        end as regions
    from counted
    left join pilots on counted.pilot = pilots.pilot_id
    left join testbeds on counted.testbed = testbeds.testbed_id
    left join verdicts on counted.of_stream = verdicts.stream and counted.event_date = verdicts.event_date
),

scoped as (
    select
        *,
        unnest(list_concat(
            {{ one_scope('programme', "case when of_programme then 'nms' end") }},
            {{ one_scope('subproject', 'subproject') }},
            {{ region_scopes('regions') }},
            {{ one_scope('company_region', 'company_region') }},
            {{ one_scope('pilot', 'pilot') }},
            {{ one_scope('testbed', 'testbed') }}
        )) as scope
    from placed
),

final as (
    select
        scoped.element,
        scoped.of_stream,
        scoped.scope.type as scope_type,
        scoped.scope.id as scope_id,
        scoped.subject,
        scoped.day,
        scoped.counts_until,
        scoped.amount,
        scoped.is_once,
        scoped.protected,
        scoped.event_id,
        scoped.event_date,
        scoped.received_at,
        scoped.failed
    from scoped
    union all
    select * from {{ ref('int_counted_run') }}
)

select * from final
