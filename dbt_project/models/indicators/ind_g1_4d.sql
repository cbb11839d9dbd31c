-- Inputs of G1.4d: each participation that is non-financial support of an enterprise; the first of an organisation
-- counts, later ones repeat it.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G1.4d'
),

final as (
    {{ first_participations("support_type = 'non_financial' and actor_kind = 'company'") }}
)

select * from final
