-- Who took part, by the newest record, with what the other records of the company and the activity say about it.
with records as (
    select *
    from {{ ref('stg_participation') }}
    {{ not_superseded(['org_nr', 'activity_id', 'activity_date']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

pilots as (
    select * from {{ ref('dim_pilot') }}
),

-- A record that does not say the size changes nothing: the newest that said it by then holds.
sized as (
    select
        *,
        last_value(size_class ignore nulls) over (
            partition by org_nr order by activity_date, received_at, event_id
            rows between unbounded preceding and current row
        ) as known_size
    from records
),

companies as (
    select
        org_nr,
        min(activity_date) filter (where support_type is not null) as supported_on,
        min(activity_date) filter (where outcome = 'change_plan') as plan_on,
        min(activity_date) filter (where outcome = 'first_measure') as measure_on,
        min(activity_date) filter (where outcome in ('first_export', 'new_market')) as export_on,
        coalesce(bool_or(role = 'founder'), false) as is_founder
    from records
    group by org_nr
),

activities as (
    select
        activity_id,
        count(distinct actor_kind) as actor_kinds,
        min(activity_date) filter (where activity_kind = 'match') as matched_on,
        min(activity_date) filter (where outcome = 'joint_activity') as joint_on
    from records
    group by activity_id
),

leads as (
    select
        records.org_nr,
        records.activity_county,
        min(records.activity_date) as led_on
    from records
    cross join registry
    where records.role = 'lead_company' and list_contains(registry.region_ids, records.activity_county)
    group by records.org_nr, records.activity_county
),

led as (
    select
        org_nr,
        count(*) as lead_regions,
        max(led_on) as lead_in_all_on
    from leads
    group by org_nr
),

final as (
    select
        sized.event_id,
        sized.event_date,
        sized.received_at,
        sized.org_nr,
        sized.activity_id,
        sized.activity_date,
        sized.activity_kind,
        sized.actor_kind,
        sized.size_class,
        sized.actor_kind = 'company' and coalesce(sized.known_size in ('micro', 'small', 'medium'), false) as is_sme,
        sized.is_mne,
        sized.county,
        sized.municipality,
        sized.activity_county,
        sized.subproject,
        sized.pilot,
        null::varchar as testbed,
        {{ in_region('sized.activity_county') }} as regions,
        case when list_contains(registry.region_ids, sized.county) then sized.county end as company_region,
        sized.support_type,
        sized.cooperation_type,
        sized.role,
        companies.is_founder,
        sized.outcome,
        sized.hours::decimal(18, 3) as hours,
        sized.value_sek::decimal(28, 6) as value_sek,
        sized.employees::decimal(28, 6) as employees,
        activities.actor_kinds,
        (activities.matched_on + interval 6 month)::date as match_judged_on,
        coalesce(
            activities.joint_on between activities.matched_on and activities.matched_on + interval 6 month, false
        ) as match_fruitful,
        case
            when companies.plan_on is not null and companies.measure_on is not null
                then greatest(companies.plan_on, companies.measure_on)
        end as plan_and_measure_on,
        case
            when companies.export_on between companies.supported_on and companies.supported_on + interval 24 month
                then companies.export_on
        end as export_on,
        sized.activity_date <= pilots.valid_to + interval 24 month as in_time_of_pilot,
        coalesce(led.lead_regions, 0) as lead_regions,
        led.lead_in_all_on
    from sized
    cross join registry
    inner join companies on sized.org_nr = companies.org_nr
    left join activities on sized.activity_id = activities.activity_id
    left join pilots on sized.pilot = pilots.pilot_id
    left join led on sized.org_nr = led.org_nr
)

select * from final
