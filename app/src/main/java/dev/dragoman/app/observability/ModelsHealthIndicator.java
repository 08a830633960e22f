package dev.dragoman.app.observability;

import dev.dragoman.app.models.Models;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Up while there is a model to translate with: open and warm. Part of readiness. */
@Component
class ModelsHealthIndicator implements HealthIndicator {
    private final Models models;

    ModelsHealthIndicator(Models models) {
        this.models = models;
    }

    @Override
    public Health health() {
        return (models.isAnyOpen() ? Health.up() : Health.outOfService()).build();
    }
}
