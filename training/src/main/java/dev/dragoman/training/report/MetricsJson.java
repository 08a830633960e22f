package dev.dragoman.training.report;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * The JSON of metrics. Numbers have seven digits, all that the network's 32-bit numbers have; what was not measured is null there and NaN
 * here.
 */
final class MetricsJson {
    /** Reads rows of later versions too: keys that it does not know are left out. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(numbers())
            .build();

    private MetricsJson() {}

    private static SimpleModule numbers() {
        Reader reader = new Reader();
        Writer writer = new Writer();
        return new SimpleModule()
                .addSerializer(double.class, writer)
                .addSerializer(Double.class, writer)
                .addDeserializer(double.class, reader)
                .addDeserializer(Double.class, reader);
    }

    private static final class Writer extends ValueSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator json, SerializationContext context) {
            float rounded = value.floatValue();
            if (!Float.isFinite(rounded)) {
                json.writeNull();
            } else if (rounded == Math.rint(rounded) && Math.abs(rounded) < 1e7) {
                json.writeNumber((long) rounded);
            } else {
                json.writeNumber(rounded);
            }
        }
    }

    private static final class Reader extends StdScalarDeserializer<Double> {
        Reader() {
            super(Double.class);
        }

        @Override
        public Double deserialize(JsonParser json, DeserializationContext context) {
            return json.getDoubleValue();
        }

        @Override
        public Object getNullValue(DeserializationContext context) {
            return Double.NaN;
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return Double.NaN;
        }
    }
}
