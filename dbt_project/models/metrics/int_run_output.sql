with outputs as (
    select * from {{ ref('int_output_run') }}
    where run_id is not null
),

inspections as (
    select * from {{ ref('int_run_inspection') }}
),

inspected_parts as (
    select * from {{ ref('int_inspection_run') }}
    where run_id is not null
),

runs as (
    select
        *,
        {{ local_day('coalesce(ended_at, started_at)') }} as booked_day
    from {{ ref('fct_run') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

-- What was made, and what of it was inspected weeks later, is planned by the PRI of the day on which the run is booked.
-- Where all that was made was good, nothing is scrap, though nobody says so.
priced as (
    select
        outputs.*,
        coalesce(
            outputs.scrap_quantity, case when outputs.good_quantity = outputs.produced_quantity then 0 end
        ) as scrap,
        products.planned_run_time_s as pri_s
    from outputs
    inner join runs on outputs.run_id = runs.run_id
    left join products
        on
            outputs.product = products.product_id
            and runs.booked_day between products.valid_from and products.valid_to
),

said as (
    select
        run_id,
        sum(produced_quantity) as pq,
        sum(good_quantity) as gq,
        sum(scrap) as sq,
        sum(rework_quantity) as rq,
        sum((pri_s * produced_quantity)::decimal(28, 6)) as pri_pq_s,
        sum((pri_s * good_quantity)::decimal(28, 6)) as pri_gq_s,
        bool_or(good_quantity is null) as good_missing,
        bool_or(scrap is null) as scrap_missing,
        bool_or(rework_quantity is null) as rework_missing,
        bool_or(pri_s is null) as pri_missing,
        case when count(distinct product) = 1 then min(product) end as only_product
    from priced
    group by run_id
),

-- An inspection that names no product is of that of its run; of a run of several, nobody knows of which.
accepted as (
    select
        inspected_parts.run_id,
        sum((products.planned_run_time_s * inspected_parts.accepted_quantity)::decimal(28, 6))
            filter (where inspected_parts.first_pass) as first_s,
        coalesce(
            sum((products.planned_run_time_s * inspected_parts.accepted_quantity)::decimal(28, 6))
                filter (where not inspected_parts.first_pass), 0
        ) as later_s,
        bool_or(products.planned_run_time_s is null) as pri_missing
    from inspected_parts
    inner join said on inspected_parts.run_id = said.run_id
    inner join runs on inspected_parts.run_id = runs.run_id
    left join products
        on
            coalesce(inspected_parts.product, said.only_product) = products.product_id
            and runs.booked_day between products.valid_from and products.valid_to
    group by inspected_parts.run_id
),

-- The first inspections stand in the place of what the outputs say; later ones take from rework, whoever found it.
found as (
    select
        said.run_id,
        said.pq,
        case when inspections.at_first then inspections.first_accepted else said.gq end
        + coalesce(inspections.later_accepted, 0) as gq,
        case when inspections.at_first then inspections.first_scrap else said.sq end
        + coalesce(inspections.later_scrap, 0) as sq,
        case when inspections.at_first then inspections.first_rework else said.rq end
        - coalesce(inspections.later_accepted + inspections.later_scrap, 0) as rq,
        case when inspections.at_first then coalesce(inspections.first_inspected, 0) else said.pq end as inspected,
        coalesce(inspections.at_first, false) as at_first,
        {%- for quantity, unsaid in [('good', 'result'), ('scrap', 'scrap'), ('rework', 'rework')] %}
        (said.{{ quantity }}_missing and not coalesce(inspections.at_first, false))
        or coalesce(inspections.without_{{ unsaid }} > 0, false) as {{ quantity }}_missing,
        {%- endfor %}
        said.pri_pq_s,
        case when inspections.at_first then accepted.first_s else said.pri_gq_s end
        + coalesce(accepted.later_s, 0) as pri_gq_s,
        said.pri_missing,
        coalesce(accepted.pri_missing, false) as accepted_pri_missing,
        runs.planned_run_s,
        coalesce(nullif(runs.planned_quantity, 0), nullif(said.pq, 0)) as job_quantity
    from said
    inner join runs on said.run_id = runs.run_id
    left join inspections on said.run_id = inspections.run_id
    left join accepted on said.run_id = accepted.run_id
),

-- More good and scrap, rework or inspected than produced, or more accepted after rework than was found to need it, is a
-- contradiction: what became of the parts is then as unknown as if nobody had said it. Outputs say of a part that it
-- needed rework and then that it was good; by inspections it is one or the other.
judged as (
    select
        *,
        coalesce(gq, 0) + coalesce(sq, 0) + case when at_first then coalesce(rq, 0) else 0 end > pq
        or coalesce(rq not between 0 and pq, false)
        or inspected > pq as contradicted,
        inspected < pq as inspected_in_part
    from found
),

-- The planned time of the run's own record is that of all its parts: PRI is its share for one of them. Without one, what
-- was all good was planned as it was made, whatever its inspections name.
final as (
    select
        run_id,
        pq,
        {%- for quantity in ['gq', 'sq', 'rq'] %}
        case when not contradicted then {{ quantity }} end as {{ quantity }},
        {%- endfor %}
        case
            when planned_run_s is null then pri_pq_s
            else coalesce((planned_run_s::double * pq::double / job_quantity::double), 0)::decimal(38, 6)
        end as pri_pq_s,
        case
            when contradicted then null
            when planned_run_s is null and gq = pq then pri_pq_s
            when planned_run_s is null then pri_gq_s
            when gq is not null
                then coalesce((planned_run_s::double * gq::double / job_quantity::double), 0)::decimal(38, 6)
        end as pri_gq_s,
        {%- for quantity in ['good', 'scrap', 'rework'] %}
        {{ quantity }}_missing or contradicted or inspected_in_part as {{ quantity }}_missing,
        {%- endfor %}
        planned_run_s is null
        and (pri_missing or (accepted_pri_missing and gq is distinct from pq)) as pri_missing,
        at_first as inspected
    from judged
)

select * from final
