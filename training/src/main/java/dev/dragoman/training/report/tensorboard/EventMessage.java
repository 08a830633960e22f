package dev.dragoman.training.report.tensorboard;

/** One {@code Event}: what TensorBoard knows of one moment of a run. */
public final class EventMessage {
    private static final int STRING_TENSOR = 7;
    private static final int SESSION_START = 1;
    private static final int RGB = 3;

    private final ProtobufMessage event = new ProtobufMessage();

    /**
     * Of a moment.
     *
     * @param seconds since 1970
     * @param step number of updates done
     */
    private EventMessage(double seconds, long step) {
        event.float64(1, seconds);
        if (step != 0) {
            event.integer(2, step);
        }
    }

    /** The first event of every file. */
    static EventMessage version(double seconds) {
        EventMessage message = new EventMessage(seconds, 0);
        message.event.text(3, "brain.Event:2");
        return message;
    }

    /** From here on the run computes these steps; what an older file says of them and of later ones is void. */
    static EventMessage sessionStart(double seconds, long step) {
        EventMessage message = new EventMessage(seconds, step);
        message.event.message(7, new ProtobufMessage().integer(1, SESSION_START));
        return message;
    }

    /** Begins an event of values; an event may have any number of them. */
    public static Values values(double seconds, long step) {
        return new Values(new EventMessage(seconds, step));
    }

    byte[] encoded() {
        return event.encoded();
    }

    /** The values of an event, each under a tag such as {@code train/loss}. */
    public static final class Values {
        private final EventMessage message;
        private final ProtobufMessage summary = new ProtobufMessage();

        private Values(EventMessage message) {
            this.message = message;
        }

        /** A number; one that is not finite was not measured and is left out. */
        public Values scalar(String tag, double value) {
            if (Double.isFinite(value)) {
                summary.message(1, new ProtobufMessage().text(1, tag).float32(2, (float) value));
            }
            return this;
        }

        /** A text, which TensorBoard reads as Markdown. */
        public Values text(String tag, String markdown) {
            ProtobufMessage tensor = new ProtobufMessage()
                    .integer(1, STRING_TENSOR)
                    .message(2, new ProtobufMessage().message(2, new ProtobufMessage().integer(1, 1)))
                    .text(8, markdown);
            ProtobufMessage metadata = new ProtobufMessage().message(1, new ProtobufMessage().text(1, "text"));
            summary.message(
                    1, new ProtobufMessage().text(1, tag).message(8, tensor).message(9, metadata));
            return this;
        }

        /** A picture. */
        public Values image(String tag, int width, int height, byte[] png) {
            ProtobufMessage image = new ProtobufMessage()
                    .integer(1, height)
                    .integer(2, width)
                    .integer(3, RGB)
                    .bytes(4, png);
            summary.message(1, new ProtobufMessage().text(1, tag).message(4, image));
            return this;
        }

        /** The event; no more values may be added. */
        public EventMessage event() {
            message.event.message(5, summary);
            return message;
        }
    }
}
