-- Runs by scope with the share of their machine on the day on which they are booked.
with runs as (
    select * from {{ ref('met_elements_run') }}
),

facts as (
    select * from {{ ref('met_run') }}
),

members as (
    select * from {{ ref('int_scope_equipment') }}
),

testbeds as (
    select * from {{ ref('dim_testbed') }}
),

final as (
    select
        members.scope_type,
        members.scope_id,
        date_trunc('month', runs.booked_day)::date as period_start,
        runs.run_id,
        runs.equipment_id,
        runs.closed,
        members.share,
        (runs.elapsed_s * members.share)::decimal(28, 6) as elapsed_s,
        (runs.pri_gq_s * members.share)::decimal(28, 6) as pri_gq_s,
        runs.quantity_missing,
        runs.planned_time_missing,
        facts.organisation,
        facts.organisation_county,
        testbeds.region_id,
        facts.ended_at
    from runs
    inner join facts on runs.run_id = facts.run_id
    inner join members
        on runs.equipment_id = members.equipment_id and runs.booked_day between members.valid_from and members.valid_to
    left join testbeds on facts.testbed_id = testbeds.testbed_id
)

select * from final
