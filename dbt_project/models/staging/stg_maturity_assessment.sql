with landed as (
    {{ landing('maturity_assessment') }}
),

-- One row per event and part. Landing has judged redeliveries; should two files hold the same row, the first stays.
final as (
    select *
    from landed
    qualify row_number() over (
        partition by event_date, event_id, part
        order by received_at, segment, spool_offset, record
    ) = 1
)

select * from final
