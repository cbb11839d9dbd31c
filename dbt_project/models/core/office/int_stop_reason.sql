-- What the reasons of stops mean: the registry's words, and those of the office's sheets, which hold before them.
with sheets as (
    select *
    from {{ ref('stg_stop_reason') }}
    {{ not_superseded(['word']) }}
),

united as (
    select
        reason_code,
        name_sv,
        name_en,
        kind,
        word,
        0 as said_later
    from {{ ref('stg_registry__stop_reasons') }}
    union all
    select
        reason_code,
        name_sv,
        coalesce(name_en, name_sv) as name_en,
        kind,
        word,
        1 as said_later
    from sheets
),

final as (
    select
        reason_code,
        name_sv,
        name_en,
        kind,
        word
    from united
    qualify row_number() over (partition by lower(trim(word)) order by said_later desc, reason_code asc) = 1
)

select * from final
