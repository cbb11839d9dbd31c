-- The statuses of applications, and which of them counts: a case is first, decided and granted once, by what held last.
with records as (
    select *
    from {{ ref('stg_funding') }}
    {{ not_superseded(['application_id', 'status_date']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

ordered as (
    select
        *,
        row_number() over (partition by application_id order by status_date, event_id) as place,
        last_value(case when status in ('granted', 'rejected', 'withdrawn') then status_date end ignore nulls) over (
            partition by application_id order by status_date, event_id
            rows between unbounded preceding and unbounded following
        ) as decided_on,
        min(case when competitive then status_date end) over (partition by applicant_org_nr) as applicant_since
    from records
),

final as (
    select
        ordered.event_id,
        ordered.event_date,
        ordered.received_at,
        ordered.application_id,
        ordered.status_date,
        ordered.status,
        ordered.kind,
        ordered.funder,
        ordered.funder_kind,
        ordered.call,
        ordered.competitive,
        ordered.applicant_org_nr,
        ordered.applicant_kind,
        coalesce(ordered.applicant_kind = 'company' and ordered.applicant_size in ('micro', 'small', 'medium'), false)
        or ordered.sme_partner as sme_partner,
        ordered.partner_countries,
        ordered.s3_area,
        ordered.theme,
        ordered.initiative_id,
        ordered.applied_sek::decimal(28, 6) as applied_sek,
        ordered.granted_sek::decimal(28, 6) as granted_sek,
        ordered.own_sek::decimal(28, 6) as own_sek,
        ordered.private_sek::decimal(28, 6) as private_sek,
        ordered.research_fte::decimal(28, 6) as research_fte,
        ordered.equipment_eur::decimal(28, 6) as equipment_eur,
        ordered.period_from,
        ordered.period_to,
        ordered.place = 1 as is_first,
        coalesce(
            ordered.place = 1 and ordered.applicant_org_nr is not null
            and ordered.status_date = ordered.applicant_since,
            false
        ) as is_first_of_applicant,
        ordered.status_date = ordered.decided_on and ordered.status in ('granted', 'rejected') as is_decision,
        ordered.status_date = ordered.decided_on and ordered.status = 'granted' as is_grant,
        ordered.subproject,
        ordered.pilot,
        ordered.testbed,
        {{ named_regions('ordered.counties') }} as regions,
        null::varchar as company_region
    from ordered
    cross join registry
)

select * from final
