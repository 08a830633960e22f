package dev.dragoman.app.security;

import dev.dragoman.app.errors.ServiceException.Refused;
import io.micrometer.core.instrument.MeterRegistry;

/** The counter {@code security.refusals}, with the tag {@code reason}: {@code no-key}, {@code wrong-key}, {@code scope}, {@code rate} or {@code quota}. */
final class Refusals {
    private final MeterRegistry registry;

    Refusals(MeterRegistry registry) {
        this.registry = registry;
    }

    Refused count(String reason, Refused refused) {
        registry.counter("security.refusals", "reason", reason).increment();
        return refused;
    }
}
