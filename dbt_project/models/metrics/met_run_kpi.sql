with elements as (
    select * from {{ ref('met_elements_run') }}
    where closed
),

final as (
    select
        run_id,
        equipment_id,
        booked_day,
        {{ ratio('apt_s', 'elapsed_s') }} as production_share,
        case when not planned_time_missing then {{ ratio('pri_pq_s', 'apt_s') }} end as effectiveness,
        case when not quantity_missing then {{ ratio('gq', 'pq') }} end as quality_ratio
    from elements
)

select * from final
