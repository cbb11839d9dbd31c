-- What a run was for, took and gave. An element stands only where the run can have it: builds have volume and gas, and
-- what was finished for an order has a lead time. The volume is the whole job's: how much of one that was not finished
-- was built, nobody knows.
with elements as (
    select * from {{ ref('met_elements_run') }}
),

runs as (
    select * from {{ ref('fct_run') }}
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
        case
            when runs.ordered_at <= runs.ended_at then {{ seconds_between('runs.ordered_at', 'runs.ended_at') }}
        end as lead_time_s,
        elements.pq is null and elements.outcome = 'finished' as unsaid,
        case when elements.outcome = 'finished' then runs.volume_cm3 end as built_cm3
    from elements
    inner join runs on elements.run_id = runs.run_id
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

finished as (
    select * from wide
    where outcome = 'finished'
),

of_finished as (
    {{ element_rows(['run_id'], [
        ('LEAD_TIME', 'lead_time_s', 'lead_time_s is not null', 'lead_time_s is null'),
        ('ORDERS_DELIVERED', '(lead_time_s is not null)::int', 'lead_time_s is not null', '0'),
    ], 'finished') }}
),

final as (
    select * from of_any
    union all
    select * from of_builds
    union all
    select * from of_finished
)

select * from final
