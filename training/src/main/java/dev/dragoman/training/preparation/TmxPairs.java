package dev.dragoman.training.preparation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A translation memory (TMX 1.4): of every unit the first variant of either language. Languages are compared by their first part, so that
 * {@code en-GB} is {@code en}; native codes within a segment are not text and are passed over.
 *
 * <p>Nothing outside the file is read: document types and external entities are switched off.
 */
final class TmxPairs implements PairReader {
    /** Elements whose content is a code of the original format. */
    private static final Set<String> CODES = Set.of("bpt", "ept", "it", "ph", "ut");

    private final Path file;
    private final InputStream input;
    private final XMLStreamReader xml;
    private final String source;
    private final String target;

    private TmxPairs(Path file, InputStream input, XMLStreamReader xml, String source, String target) {
        this.file = file;
        this.input = input;
        this.xml = xml;
        this.source = source;
        this.target = target;
    }

    static TmxPairs open(ArchiveFile file, String source, String target) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        InputStream input = file.open();
        try {
            return new TmxPairs(file.path(), input, factory.createXMLStreamReader(input), source, target);
        } catch (XMLStreamException e) {
            input.close();
            throw problem(file.path(), e);
        }
    }

    @Override
    public @Nullable RawPair next() throws IOException {
        try {
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT && is("tu")) {
                    return unit();
                }
            }
            return null;
        } catch (XMLStreamException e) {
            throw problem(file, e);
        }
    }

    private RawPair unit() throws XMLStreamException {
        String sourceText = null;
        String targetText = null;
        String language = "";
        while (true) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT && is("tu")) {
                return new RawPair(sourceText, targetText);
            }
            if (event != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            if (is("tuv")) {
                language = language();
            } else if (is("seg")) {
                String text = segment();
                if (language.equals(source) && sourceText == null) {
                    sourceText = text;
                } else if (language.equals(target) && targetText == null) {
                    targetText = text;
                }
            }
        }
    }

    private String segment() throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        int codes = 0;
        while (true) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> codes += CODES.contains(name()) ? 1 : 0;
                case XMLStreamConstants.END_ELEMENT -> {
                    if (is("seg")) {
                        return text.toString();
                    }
                    codes -= CODES.contains(name()) ? 1 : 0;
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    if (codes == 0) {
                        text.append(xml.getText());
                    }
                }
                default -> {}
            }
        }
    }

    /** The attribute's name was {@code lang} before TMX 1.4. */
    private String language() {
        String code = xml.getAttributeValue(XMLConstants.XML_NS_URI, "lang");
        if (code == null) {
            code = xml.getAttributeValue(null, "lang");
        }
        return code == null ? "" : code.split("[-_]", 2)[0].toLowerCase(Locale.ROOT);
    }

    private boolean is(String element) {
        return name().equals(element);
    }

    private String name() {
        return xml.getLocalName().toLowerCase(Locale.ROOT);
    }

    private static IOException problem(Path file, XMLStreamException e) {
        return new IOException(
                file + ":" + e.getLocation().getLineNumber() + ": not well-formed XML: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        try (input) {
            xml.close();
        } catch (XMLStreamException e) {
            throw problem(file, e);
        }
    }
}
