with summaries as (
    select * from {{ ref('int_state_day_summary') }}
),

evidence as (
    select * from {{ ref('int_equipment_evidence') }}
),

-- The last state of a day holds until the first of the next day that has any; the newest until the machine's own last
-- evidence, never until the clock's now.
final as (
    select
        summaries.equipment_id,
        summaries.last_state as state,
        summaries.last_reason as reason,
        summaries.last_at as started_at,
        coalesce(
            lead(summaries.first_at) over (partition by summaries.equipment_id order by summaries.event_date),
            greatest(evidence.newest_observed_at, summaries.last_at)
        ) as ended_at
    from summaries
    inner join evidence on summaries.equipment_id = evidence.equipment_id
)

select * from final
