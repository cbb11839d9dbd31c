-- What a run was for, took and gave. An element stands only where the run can have it: builds have volume and gas, and
-- what was delivered of an order has a lead time. The volume is the whole job's: how much of one that was not finished
-- was built, nobody knows.
with elements as (
    select * from {{ ref('met_elements_run') }}
),

runs as (
    select * from {{ ref('fct_run') }}
),

inspections as (
    select * from {{ ref('int_run_inspection') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

wide as (
    select
        elements.*,
        runs.planned_quantity,
        runs.gas_nm3,
        coalesce(runs.planned_setup_s, products.planned_setup_s) as planned_setup_s,
        (products.planned_scrap_ratio * coalesce(runs.planned_quantity, elements.pq))::decimal(28, 6) as psq,
        elements.apt_s + elements.aust_s + elements.adet_s as aubt_s,
        runs.ordered_at,
        case when inspections.at_first then inspections.accepted_at else runs.ended_at end as delivered_at,
        elements.pq is null and elements.outcome = 'finished' as unsaid,
        case when elements.outcome = 'finished' then runs.volume_cm3 end as built_cm3
    from elements
    inner join runs on elements.run_id = runs.run_id
    left join inspections on elements.run_id = inspections.run_id
    left join products
        on
            runs.product = products.product_id
            and elements.booked_day between products.valid_from and products.valid_to
),

of_any as (
    {{ element_rows(['run_id'], [
        ('PQ', 'pq', 'not unsaid', 'unsaid'),
        ('GQ', 'gq', 'not quantity_missing', 'quantity_missing'),
        ('SQ', 'sq', 'not scrap_missing', 'scrap_missing'),
        ('RQ', 'rq', 'not rework_missing', 'rework_missing'),
        ('PRI_PQ', 'pri_pq_s', 'not planned_time_missing', 'planned_time_missing'),
        (
            'PRI_GQ', 'pri_gq_s', 'not (quantity_missing or planned_time_missing)',
            'quantity_missing or planned_time_missing',
        ),
        ('POQ', 'planned_quantity', 'planned_quantity is not null', 'planned_quantity is null'),
        ('PUST', 'planned_setup_s', 'planned_setup_s is not null', 'planned_setup_s is null'),
        ('PSQ', 'psq', 'psq is not null', 'psq is null'),
        ('AOET', 'elapsed_s', '1', '0'),
        ('ORDER_APT', 'apt_s', 'apt_s > 0', '0'),
        ('ORDER_AUBT', 'aubt_s', 'aubt_s > 0', '0'),
        ('RUNS_CLOSED', 'closed::int', 'closed', '0'),
        ('RUNS_OPEN', '(not closed)::int', 'not closed', '0'),
        ('BUILDS_STARTED', 'coalesce(is_build, false)::int', 'coalesce(is_build, false)', '0'),
        ('BUILDS_ACCEPTED', 'is_accepted_build::int', 'is_accepted_build', '0'),
    ], 'wide') }}
),

builds as (
    select * from wide
    where kind = 'build_job'
),

of_builds as (
    {{ element_rows(['run_id'], [
        ('BUILD_TIME', 'elapsed_s', '1', '0'),
        ('VOLUME', 'built_cm3', 'built_cm3 is not null', 'built_cm3 is null'),
        ('GAS', 'gas_nm3', 'gas_nm3 is not null', 'gas_nm3 is null'),
    ], 'builds') }}
),

-- An order is delivered when the last of its parts is accepted, or, where nobody inspects them, when its run ends.
-- Until it is known what was good, that may be still to come; where nothing was good, nothing is delivered.
delivered as (
    select
        *,
        case
            when not quantity_missing and ordered_at <= delivered_at
                then {{ seconds_between('ordered_at', 'delivered_at') }}
        end as lead_time_s
    from wide
    where outcome = 'finished' and (quantity_missing or gq > 0)
),

of_delivered as (
    {{ element_rows(['run_id'], [
        ('LEAD_TIME', 'lead_time_s', 'lead_time_s is not null', 'lead_time_s is null'),
        ('ORDERS_DELIVERED', '(lead_time_s is not null)::int', 'lead_time_s is not null', '0'),
    ], 'delivered') }}
),

final as (
    select * from of_any
    union all
    select * from of_builds
    union all
    select * from of_delivered
)

select * from final
