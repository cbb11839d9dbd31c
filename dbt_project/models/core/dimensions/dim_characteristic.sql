with characteristics as (
    select * from {{ ref('stg_registry__characteristics') }}
),

-- The version that was frozen last, or is not frozen yet, is the one that charts are drawn by.
final as (
    select
        *,
        row_number() over (
            partition by characteristic_id
            order by coalesce(reference_known_at, 'infinity'::timestamptz) desc, length(version) desc, version desc
        ) = 1 as is_current
    from characteristics
)

select * from final
