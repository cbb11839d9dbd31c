{{ config(materialized='touched_days', streams=['measurement']) }}

-- Only channels that are expected at an interval: of the others nobody can say how long a value holds.
with channels as (
    select
        *,
        {{ value_holds_s() }} as holds_s
    from {{ ref('stg_registry__channels') }}
    where interval_s is not null
),

measurements as (
    select * from {{ ref('fct_measurement') }}
    where {{ in_touched_days() }}
),

judged as (
    select
        measurements.event_date,
        measurements.equipment_id,
        measurements.channel,
        measurements.observed_at,
        channels.role,
        channels.holds_s,
        -- Beyond the channel's physical range it is the sensor that speaks, not what it measures.
        coalesce(measurements.quality <> 'bad', true) and coalesce(measurements.in_range, true) as is_good,
        case
            when coalesce(channels.limit_low, channels.limit_high) is not null
                then coalesce(measurements.value < channels.limit_low, false)
                    or coalesce(measurements.value > channels.limit_high, false)
        end as out_of_limits
    from measurements
    inner join channels
        on
            measurements.equipment_id = channels.equipment_id
            and measurements.channel = channels.channel
            and measurements.event_date between channels.valid_from and channels.valid_to
),

-- Of several values of one instant the worst counts: no order of arrival decides.
valued as (
    select
        event_date,
        equipment_id,
        channel,
        observed_at as started_at,
        role,
        holds_s,
        bool_and(is_good) as is_good,
        bool_or(out_of_limits) as out_of_limits
    from judged
    group by event_date, equipment_id, channel, observed_at, role, holds_s
),

held as (
    select
        *,
        least(
            lead(started_at) over (partition by event_date, equipment_id, channel order by started_at),
            {{ seconds_after('started_at', 'holds_s') }}
        ) as held_until
    from valued
),

{{ stretches_in_day('held', same=['is_good', 'out_of_limits'], carried=['role']) }}

select * from final
