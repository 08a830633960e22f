package dev.dragoman.app.system;

/** What an exception tells about the program, and nothing of what it may tell about a user's text: types and places, no messages. */
final class WithoutMessage extends Exception {
    private final String type;

    WithoutMessage(Throwable fault) {
        super(
                null,
                fault.getCause() == null || fault.getCause() == fault ? null : new WithoutMessage(fault.getCause()));
        type = fault.getClass().getName();
        setStackTrace(fault.getStackTrace());
    }

    @Override
    public String toString() {
        return type;
    }
}
