package dev.dragoman.app.observability;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.sentences.StageListener;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Traces of requests for OpenTelemetry, in W3C's trace context, sent as OTLP over HTTP. Wired by hand instead of by Spring Boot's
 * starter, so that where no endpoint is configured not one class of it is loaded.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("dragoman.traces.endpoint")
class TracingConfiguration {
    private static final String SERVICE = "dragoman";

    @Bean
    @ConditionalOnMissingBean
    SpanExporter spanExporter(DragomanProperties properties) {
        return OtlpHttpSpanExporter.builder()
                .setEndpoint(properties.traces().endpoint())
                .setCompression("gzip")
                .build();
    }

    /** What is left is sent when it is closed. */
    @Bean
    SdkTracerProvider tracerProvider(SpanExporter exporter, DragomanProperties properties) {
        return SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.builder()
                                .put("service.name", SERVICE)
                                .build())))
                .setSampler(Sampler.parentBased(
                        Sampler.traceIdRatioBased(properties.traces().probability())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
    }

    @Bean
    Tracer tracer(SdkTracerProvider provider) {
        return new OtelTracer(provider.get(SERVICE), new OtelCurrentTraceContext(), event -> {});
    }

    @Bean
    ObservationHandler<Observation.Context> requestTraces(Tracer tracer, SdkTracerProvider provider) {
        OtelPropagator propagator = new OtelPropagator(
                ContextPropagators.create(W3CTraceContextPropagator.getInstance()), provider.get(SERVICE));
        return new ObservationHandler.FirstMatchingCompositeObservationHandler(
                new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                new DefaultTracingObservationHandler(tracer));
    }

    /** A path that the server does not know may be anything, also text; those that it knows are told by their pattern. */
    @Bean
    ObservationFilter withoutPaths() {
        return context -> context.removeHighCardinalityKeyValue("http.url");
    }

    @Bean
    StageListener stageTraces(Tracer tracer, Ticker ticker) {
        return new StageTraces(tracer, ticker);
    }
}
