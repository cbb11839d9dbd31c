{{ stretches_over_midnight(ref('int_channel_coverage_day'), ['is_good']) }}
