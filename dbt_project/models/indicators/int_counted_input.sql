-- The inputs of every indicator that is made of counted elements: the records that its window holds, each subject once.
-- Of the open month the window ends today: what has not begun does not count.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where how not in ('own', 'metric')
),

records as (
    select * from {{ ref('int_scope_counted') }}
),

refresh as (
    select * from {{ ref('stg_refresh') }}
),

-- The first of the elements is above the line, the second below; of a gap both pairs stand in the window alike.
parts as (
    select
        frame.*,
        least(frame.period_end, {{ local_day('frame.as_of') }}) as last_day,
        unnest(frame.measured_of) as element,
        unnest(range(1, len(frame.measured_of) + 1)) as place
    from frame
),

windowed as (
    select
        parts.*,
        records.of_stream,
        records.subject,
        records.day,
        records.amount,
        records.is_once,
        records.protected,
        records.event_id,
        records.event_date,
        records.received_at,
        records.failed
    from parts
    inner join records
        on
            parts.element = records.element
            and parts.scope_type = records.scope_type
            and parts.scope_id = records.scope_id
            and records.day <= parts.last_day
    cross join refresh
    where
        case parts.over
            when 'month' then records.day >= parts.period_start
            when '12_months' then
                records.day >= greatest(parts.period_start - interval 11 month, refresh.programme_start)
            when 'as_at' then coalesce(records.counts_until > parts.last_day, true)
            else records.day >= refresh.programme_start or records.of_stream = 'statistic'
        end
),

numbered as (
    select
        *,
        row_number() over (
            partition by indicator_id, scope_type, scope_id, period_start, place, subject
            order by day, event_id
        ) as occurrence,
        row_number() over (
            partition by indicator_id, scope_type, scope_id, period_start, place, protected
            order by day, event_id
        ) as of_protected,
        row_number() over (
            partition by indicator_id, scope_type, scope_id, period_start, place
            order by event_date desc, day desc, event_id desc
        ) as newest
    from windowed
),

weighed as (
    select
        *,
        case
            when how in ('distinct', 'share', 'gap') then (occurrence = 1)::int
            when how = 'latest' then case when newest = 1 then amount else 0 end
            when is_once and occurrence > 1 then 0
            else amount
        end::decimal(28, 6) as weight,
        case
            when how in ('distinct', 'share', 'gap') and occurrence > 1 then 'repeat'
            when how = 'latest' and newest > 1 then 'older'
            when is_once and occurrence > 1 then 'repeat'
        end as reason,
        place in (2, 4) or how in ('distinct', 'sum', 'median', 'median_per_subject', 'latest') as of_base
    from numbered
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        element as input_kind,
        event_id as input_id,
        case when place in (1, 3) then weight end as numerator,
        case when place in (2, 4) then weight end as denominator,
        case
            when not of_base then 0
            when protects = 'none' then (occurrence = 1)::int
            else (of_protected = 1 and protected is not null)::int
        end::bigint as n,
        reason is null as included,
        reason,
        received_at as input_at,
        failed,
        place,
        subject,
        protected
    from weighed
)

select * from final
