package dev.dragoman.training.report.tensorboard;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A file of events that only grows; an event is on disk as soon as it is appended, so that a TensorBoard that runs shows it.
 *
 * <p>A record is the length of its data in 64 bits, the masked CRC-32C of that, the data, and the masked CRC-32C of the data, all little
 * endian. TensorBoard reads the files of a folder in the order of their names, which begin with a time.
 *
 * <p>Confined to one thread. The caller closes it.
 */
public final class EventFile implements Closeable {
    private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10,12})\\..*");
    private static final int MASK = 0xa282ead8;

    private final OutputStream stream;

    private EventFile(OutputStream stream) {
        this.stream = stream;
    }

    /**
     * Begins the events of a new run; files of an earlier one in the folder are removed.
     *
     * @param seconds since 1970
     */
    public static EventFile create(Path folder, double seconds) throws IOException {
        for (Path old : files(folder)) {
            Files.delete(old);
        }
        // TensorBoard's page takes the first start it meets for that of the run, and voids nothing at it.
        return open(folder, seconds, 0);
    }

    /**
     * Goes on with a run in a file of its own, whose first event makes void what the older files say of later updates.
     *
     * @param seconds since 1970
     * @param update number of updates that the checkpoint has done
     */
    public static EventFile resume(Path folder, double seconds, long update) throws IOException {
        return open(folder, seconds, update + 1);
    }

    private static EventFile open(Path folder, double seconds, long firstStep) throws IOException {
        Files.createDirectories(folder);
        long time = (long) seconds;
        for (Path old : files(folder)) {
            Matcher name = NAME.matcher(old.getFileName().toString());
            if (name.matches()) {
                // Two in a second, or after the clock was set back, still come in their order.
                time = Math.max(time, Long.parseLong(name.group(1)) + 1);
            }
        }
        Path file = folder.resolve(String.format(
                Locale.ROOT,
                "events.out.tfevents.%010d.%s.%d.0",
                time,
                host(),
                ProcessHandle.current().pid()));
        EventFile opened = new EventFile(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        opened.append(EventMessage.version(seconds));
        opened.append(EventMessage.sessionStart(seconds, firstStep));
        return opened;
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_-]", "-");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Appends an event. */
    public void append(EventMessage event) throws IOException {
        // In one piece: a reader, or a process killed half-way, sees whole records but perhaps the last.
        stream.write(record(event.encoded()));
        stream.flush();
    }

    static byte[] record(byte[] data) {
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedCrc(record.array(), Long.BYTES));
        record.put(data);
        record.putInt(maskedCrc(data, data.length));
        return record.array();
    }

    /** Masked, because a checksum of data that holds its own checksum tells little. */
    private static int maskedCrc(byte[] data, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, 0, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
