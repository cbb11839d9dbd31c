-- What a testbed says of its own maturity: the newest level of each dimension, with the first of the same kind. Levels
-- of different models are never put together.
with assessments as (
    select * from {{ ref('fct_maturity_assessment') }}
    where testbed is not null
),

final as (
    select
        testbed as testbed_id,
        model,
        model_version,
        dimension,
        assessor_type,
        level,
        first_level,
        assessed_on
    from assessments
    where next_assessed_on is null
    qualify
        row_number() over (
            partition by testbed, model, model_version, dimension, assessor_type
            order by assessed_on desc, event_id desc
        ) = 1
)

select * from final
