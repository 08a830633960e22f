package dev.dragoman.app.observability;

import dev.dragoman.app.models.Models;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Up from the moment at which the models of the configuration were open and warm, whatever becomes of them later. */
@Component
class ModelsStartedHealthIndicator implements HealthIndicator {
    private final Models models;

    ModelsStartedHealthIndicator(Models models) {
        this.models = models;
    }

    @Override
    public Health health() {
        return (models.haveStarted() ? Health.up() : Health.outOfService()).build();
    }
}
