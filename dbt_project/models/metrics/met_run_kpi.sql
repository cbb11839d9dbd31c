{%- set ratios = [
    ('production_share', 'production_process_ratio'), ('effectiveness', 'effectiveness'),
    ('quality_ratio', 'quality_ratio'),
] %}
with numbers as (
    select * from {{ ref('met_kpi_run') }}
    where closed
),

final as (
    select
        run_id,
        equipment_id,
        booked_day,
        {{ ratio_columns(ratios) }}
    from numbers
    group by run_id, equipment_id, booked_day
)

select * from final
