with participations as (
    select * from {{ ref('fct_participation') }}
),

-- Numbers only: an edition holds no organisation numbers.
final as (
    select
        date_trunc('month', activity_date)::date as period_start,
        activity_kind,
        county,
        count(*)::bigint as participations,
        count(distinct org_nr)::bigint as organisations
    from participations
    group by all
)

select * from final
