-- Inputs of G5.3d: participations in entrepreneurial discovery by the county of the organisation, in 12 months; what is
-- told is the share of the county that is represented least.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G5.3d'
),

records as (
    select
        scope_id as region_id,
        day,
        event_id,
        received_at,
        failed
    from {{ ref('int_scope_counted') }}
    where element = 'EDP_PARTICIPATIONS_ALL' and scope_type = 'company_region'
),

regions as (
    select * from {{ ref('dim_region') }}
),

counts as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        regions.region_id,
        count(records.event_id) as participations,
        max(records.received_at) as received_at,
        bool_or(records.failed) as failed
    from frame
    cross join regions
    left join records
        on
            regions.region_id = records.region_id
            and records.day <= frame.period_end
            and records.day >= frame.period_start - interval 11 month
    group by frame.indicator_id, frame.scope_type, frame.scope_id, frame.period_start, regions.region_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by scope_type, scope_id, period_start order by participations, region_id
        ) = 1 as is_least
    from counts
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        'region' as input_kind,
        region_id as input_id,
        case when is_least then participations else 0 end::decimal(28, 6) as numerator,
        participations::decimal(28, 6) as denominator,
        participations::bigint as n,
        true as included,
        null::varchar as reason,
        received_at as input_at,
        failed
    from ranked
    where received_at is not null or is_least
)

select * from final
