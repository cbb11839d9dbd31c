-- The stages of the cases, with what any record of a case says of its owner.
with records as (
    select *
    from {{ ref('stg_challenge_case') }}
    {{ not_superseded(['case_id', 'stage', 'stage_date']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

cases as (
    select
        case_id,
        min(stage_date) as registered_on,
        arg_max(owner_kind, row(stage_date, received_at, event_id)) filter (where owner_kind is not null) as owner_kind,
        arg_max(owner_org_nr, row(stage_date, received_at, event_id)) filter (where owner_org_nr is not null)
            as owner_org_nr,
        arg_max(owner_size, row(stage_date, received_at, event_id)) filter (where owner_size is not null) as owner_size
    from records
    group by case_id
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.case_id,
        records.stage,
        records.stage_date,
        records.owner_kind,
        cases.owner_kind as case_owner_kind,
        cases.owner_org_nr,
        coalesce(cases.owner_kind = 'company' and cases.owner_size in ('micro', 'small', 'medium'), false) as of_sme,
        cases.registered_on,
        coalesce(records.is_circular, false) as is_circular,
        records.business_model_signed,
        records.mne_org_nr,
        row_number() over (partition by records.case_id order by records.stage_date, records.event_id) = 1 as is_first,
        row_number() over (
            partition by records.case_id, records.stage order by records.stage_date, records.event_id
        ) = 1 as is_first_of_stage,
        'challenge-lab' as subproject,
        records.pilot,
        records.testbed,
        {{ in_region('records.county') }} as regions,
        null::varchar as company_region
    from records
    inner join cases on records.case_id = cases.case_id
    cross join registry
)

select * from final
