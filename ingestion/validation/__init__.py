"""What makes a value acceptable: form, types, time. Pure; may not know a source's transport, nor judge plausibility."""
