package dev.dragoman.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Which target pieces a translation may need, by the pieces of its source: the content of {@code shortlist.bin} in a model directory. It belongs to
 * the pieces and to the text that they were counted in, not to the weights.
 *
 * <pre>
 * 8 bytes    "shrtlist"
 * int        version, 1
 * int        V, the number of pieces
 * 32 bytes   SHA-256 of pieces.model
 * int        number of tables; then each:
 *   short, bytes   source language in UTF-8, and its length before it
 *   short, bytes   target language likewise
 *   int, bytes     1 + V lists by {@link IdListWriter}, and their length before them: what is always allowed, then what each piece allows
 * int        CRC-32C of all before
 * </pre>
 *
 * <p>Numbers have their highest byte first.
 *
 * @param vocabularySize V
 * @param piecesSha256 SHA-256 of the SentencePiece model, 64 hexadecimal digits
 * @param tables one for each direction
 */
public record ShortlistFile(int vocabularySize, String piecesSha256, List<Table> tables) {
    /** The newest version that this code reads, and the one it writes. */
    public static final int VERSION = 1;

    private static final byte[] MAGIC = "shrtlist".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    /** Far above any vocabulary; whatever is longer is another file, of which nothing is read. */
    private static final long LONGEST = 1L << 28;

    /**
     * The lists of one direction.
     *
     * @param source ISO 639-1 code of the source language
     * @param target likewise of the target
     * @param always ids of target pieces that every translation may have, ascending
     * @param perPiece {@code [V]}, for each source piece the ids of the target pieces that it allows, ascending
     */
    public record Table(String source, String target, int[] always, int[][] perPiece) {}

    public ShortlistFile {
        tables = List.copyOf(tables);
        for (Table table : tables) {
            if (table.perPiece().length != vocabularySize) {
                throw new IllegalArgumentException("the table " + table.source() + "-" + table.target()
                        + " must have a list for each of " + vocabularySize + " pieces, but has "
                        + table.perPiece().length);
            }
        }
    }

    /** The digest that a model's pieces have in a shortlist for them. */
    public static String piecesSha256(Path pieces) {
        try {
            return HexFormat.of().formatHex(Digests.sha256().digest(Files.readAllBytes(pieces)));
        } catch (IOException e) {
            throw new ModelFormatException(pieces, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Writes the file, which appears under its name when it is whole. */
    public void write(Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(MAGIC);
        out.writeInt(VERSION);
        out.writeInt(vocabularySize);
        out.write(HexFormat.of().parseHex(piecesSha256));
        out.writeInt(tables.size());
        for (Table table : tables) {
            out.writeUTF(table.source());
            out.writeUTF(table.target());
            IdListWriter lists = new IdListWriter(vocabularySize);
            lists.add(table.always());
            for (int[] ids : table.perPiece()) {
                lists.add(ids);
            }
            byte[] coded = lists.bytes();
            out.writeInt(coded.length);
            out.write(coded);
        }
        out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        Path part = SafetensorsWriter.part(file);
        Files.write(part, bytes.toByteArray());
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads a file whole.
     *
     * @throws ModelFormatException if it is missing, truncated, damaged, foreign or of a newer version; the message names it
     */
    public static ShortlistFile read(Path file) {
        byte[] bytes;
        try {
            if (!Files.isRegularFile(file)) {
                throw new ModelFormatException(file, "no such file");
            }
            long size = Files.size(file);
            if (size > LONGEST) {
                throw new ModelFormatException(file, "not a shortlist: " + size + " bytes");
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e.getMessage(), e);
        }
        try {
            return parse(file, bytes);
        } catch (BufferUnderflowException e) {
            throw new ModelFormatException(file, "is truncated: it ends after " + bytes.length + " bytes", e);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file, "is damaged: " + e.getMessage(), e);
        }
    }

    private static ShortlistFile parse(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] magic = new byte[Math.min(MAGIC.length, bytes.length)];
        in.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new ModelFormatException(file, "not a shortlist: it does not begin with 'shrtlist'");
        }
        // Before the checksum, which another version may compute otherwise.
        int version = in.getInt();
        if (version < 1 || version > VERSION) {
            throw new ModelFormatException(
                    file, "version " + version + " is not known here; the newest known is " + VERSION);
        }
        int end = bytes.length - Integer.BYTES;
        int expected = ByteBuffer.wrap(bytes, Math.max(end, 0), Integer.BYTES).getInt();
        int found = checksum(bytes, end);
        if (found != expected) {
            throw new ModelFormatException(
                    file,
                    String.format("is truncated or damaged: its checksum is %08x, but it says %08x", found, expected));
        }
        int vocabularySize = in.getInt();
        if (vocabularySize < 1) {
            throw new IllegalArgumentException("it says that there are " + vocabularySize + " pieces");
        }
        String piecesSha256 = HexFormat.of().formatHex(next(in, DIGEST_BYTES));
        int count = in.getInt();
        List<Table> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String source = string(in);
            String target = string(in);
            IdListReader lists = new IdListReader(next(in, in.getInt()), vocabularySize);
            int[] always = lists.next();
            List<int[]> perPiece = new ArrayList<>();
            for (int piece = 0; piece < vocabularySize; piece++) {
                perPiece.add(lists.next());
            }
            if (!lists.isAtEnd()) {
                throw new IllegalArgumentException(
                        "the table " + source + "-" + target + " has more lists than pieces");
            }
            tables.add(new Table(source, target, always, perPiece.toArray(int[][]::new)));
        }
        if (in.position() != end) {
            throw new IllegalArgumentException((end - in.position()) + " bytes follow the last table");
        }
        return new ShortlistFile(vocabularySize, piecesSha256, tables);
    }

    private static String string(ByteBuffer in) {
        return new String(next(in, Short.toUnsignedInt(in.getShort())), StandardCharsets.UTF_8);
    }

    private static byte[] next(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return (int) sum.getValue();
    }
}
