package dev.dragoman.training.preparation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a recipe's text comes from and how it is cleaned: its key {@code preparation}.
 *
 * @param downloads archives and files to fetch
 * @param training texts to train on, which are cleaned
 * @param heldOut texts to validate and test on, which stay whole; none of their pairs is trained on
 * @param cleaning what is left out of the texts to train on
 * @param vocabulary how the vocabulary is learnt; absent where the recipe's {@code pieces} names one
 */
public record Preparation(
        List<Download> downloads,
        List<Text> training,
        List<Text> heldOut,
        Cleaning cleaning,
        @Nullable Vocabulary vocabulary) {
    private static final String KEY = "preparation.";

    /**
     * A file to fetch.
     *
     * @param name what texts call it
     * @param url {@code http} or {@code https}; the end of its path is the file's name
     * @param bytes its size; absent if it is not known
     * @param sha256 its SHA-256 in hexadecimal digits; absent if it is not known
     */
    public record Download(
            String name,
            String url,
            @Nullable Long bytes,
            @Nullable String sha256) {
        public Download {
            Requirement.fileName(KEY + "downloads: name", name);
            String key = KEY + "downloads: ";
            Requirement.that(
                    isHttp(Requirement.present(key + "url of " + name, url)),
                    key + "url of " + name
                            + " must begin with http:// or https:// and end in the name of a file, but is " + url);
            Requirement.that(
                    bytes == null || bytes > 0, key + "bytes of " + name + " must be above 0, but is " + bytes);
            Requirement.that(
                    sha256 == null || sha256.matches("[0-9a-f]{64}"),
                    key + "sha256 of " + name + " must be 64 digits of 0-9 and a-f, but is " + sha256);
        }

        /** The name of its file. */
        @JsonIgnore
        public String fileName() {
            return fileName(URI.create(url));
        }

        private static String fileName(URI uri) {
            return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
        }

        private static boolean isHttp(String url) {
            try {
                URI uri = new URI(url);
                String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
                return Set.of("http", "https").contains(scheme)
                        && uri.getHost() != null
                        && uri.getPath() != null
                        && fileName(uri).matches("[A-Za-z0-9][A-Za-z0-9._-]*");
            } catch (URISyntaxException e) {
                return false;
            }
        }
    }

    /** What a text is made of. */
    public enum Format {
        /** Two files, a sentence a line, the same lines in both. */
        LINES,
        /** Two SGML files of a WMT test set, paired by document and segment. */
        SGML,
        /** A translation memory: one file with units in several languages. */
        TMX,
        /** One file: source and target, separated by a tab; further columns are passed over. */
        TSV
    }

    /**
     * A parallel text.
     *
     * @param name its own, and that of the file {@code text/NAME.tsv.gz}
     * @param download which file it is from
     * @param format what it is made of
     * @param source ISO 639-1 code of the language that comes first
     * @param target ISO 639-1 code of the other
     * @param file of {@code TMX} and {@code TSV}: the name in the archive; absent if the download is the text itself
     * @param sourceFile of {@code LINES} and {@code SGML}: the source's name in the archive; absent if the download is the source itself
     * @param targetFile likewise of the target
     * @param targetDownload where the target is from, if not {@code download}
     */
    public record Text(
            String name,
            String download,
            Format format,
            String source,
            String target,
            @Nullable String file,
            @Nullable String sourceFile,
            @Nullable String targetFile,
            @Nullable String targetDownload) {
        public Text {
            Requirement.fileName(KEY + "texts: name", name);
            String of = " of text " + name;
            Requirement.present(KEY + "download" + of, download);
            Requirement.present(KEY + "format" + of, format);
            language(KEY + "source" + of, source);
            language(KEY + "target" + of, target);
            Requirement.that(
                    !source.equals(target), KEY + "source and target" + of + " must differ, but both are " + source);
            if (format == Format.TMX || format == Format.TSV) {
                Requirement.that(
                        sourceFile == null && targetFile == null && targetDownload == null,
                        KEY + "sourceFile, targetFile and targetDownload" + of + " must be absent with " + format
                                + ", which has one file");
            } else {
                Requirement.that(
                        file == null,
                        KEY + "file" + of + " must be sourceFile and targetFile with " + format
                                + ", which has two files");
                Requirement.that(
                        targetFile != null || targetDownload != null,
                        KEY + "targetFile or targetDownload" + of + " is missing");
            }
        }

        private static void language(String key, @Nullable String code) {
            Requirement.that(
                    Requirement.present(key, code).matches("[a-z]{2}"),
                    key + " must be a code of two small letters (ISO 639-1), but is " + code);
        }

        /** The download that the target is from. */
        String downloadOfTarget() {
            return targetDownload == null ? download : targetDownload;
        }

        /** The cleaned text, relative to the folder; what a recipe's corpora name. */
        public String path() {
            return "text/" + name + ".tsv.gz";
        }
    }

    /**
     * What is left out of the texts to train on. Text is first made plain: NFC, character references resolved, all white space single.
     *
     * @param maximumWords a side with more words, which white space separates, is too long
     * @param maximumCharacters a side with more characters is too long
     * @param maximumLengthRatio how many times as many characters one side may have as the other
     * @param lengthSlack characters by which the longer side may exceed the ratio
     * @param minimumLetters least share of letters among the characters that are not white space, of either side, {@code [0, 1]}
     * @param markup whether pairs with tags are left out
     * @param identical whether pairs of equal sides are left out
     * @param duplicates whether pairs that were met before, in any text, are left out
     * @param language whether pairs with a side in the other's language are left out
     */
    public record Cleaning(
            int maximumWords,
            int maximumCharacters,
            double maximumLengthRatio,
            int lengthSlack,
            double minimumLetters,
            boolean markup,
            boolean identical,
            boolean duplicates,
            boolean language) {
        public Cleaning {
            Requirement.range(KEY + "cleaning.maximumWords", maximumWords, 1, 10_000);
            Requirement.range(KEY + "cleaning.maximumCharacters", maximumCharacters, 1, 100_000);
            Requirement.range(KEY + "cleaning.maximumLengthRatio", maximumLengthRatio, 1, 1000);
            Requirement.range(KEY + "cleaning.lengthSlack", lengthSlack, 0, 100_000);
            Requirement.range(KEY + "cleaning.minimumLetters", minimumLetters, 0, 1);
        }
    }

    /**
     * How the vocabulary is learnt, from both sides of all texts to train on; its size is the network's.
     *
     * @param sentences how many sentences it is learnt from, drawn evenly; 0 takes all
     */
    public record Vocabulary(int sentences) {
        public Vocabulary {
            Requirement.range(KEY + "vocabulary.sentences", sentences, 0, Integer.MAX_VALUE);
        }
    }

    public Preparation {
        downloads = Requirement.list(KEY + "downloads", downloads);
        training = Requirement.list(KEY + "training", training);
        heldOut = Requirement.list(KEY + "heldOut", heldOut);
        Requirement.present(KEY + "cleaning", cleaning);
        Requirement.that(!training.isEmpty(), KEY + "training must name at least one text, but is empty");
        Requirement.distinct(
                KEY + "downloads: names", downloads.stream().map(Download::name).toList());
        Requirement.distinct(
                KEY + "downloads: names of files",
                downloads.stream().map(Download::fileName).toList());
        List<Text> texts = new ArrayList<>(training);
        texts.addAll(heldOut);
        Requirement.distinct(
                KEY + "training and heldOut: names",
                texts.stream().map(Text::name).toList());
        Set<String> known = downloads.stream().map(Download::name).collect(Collectors.toSet());
        for (Text text : texts) {
            for (String download : List.of(text.download(), text.downloadOfTarget())) {
                Requirement.that(
                        known.contains(download),
                        KEY + "download of text " + text.name() + " must be one of " + known + ", but is " + download);
            }
        }
    }
}
