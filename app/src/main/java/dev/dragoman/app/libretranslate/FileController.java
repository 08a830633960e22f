package dev.dragoman.app.libretranslate;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Answer;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.RequestOrigins;
import dev.dragoman.app.security.Quotas;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.translation.TranslatedText;
import dev.dragoman.app.translation.TranslationPlan;
import dev.dragoman.app.translation.TranslationService;
import dev.dragoman.app.translation.ValidRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Plain text files. */
@Controller
class FileController {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final RequestValidator validator;
    private final TranslationService service;
    private final Quotas quotas;
    private final TranslatedFiles files;
    private final RequestOrigins origins;

    FileController(
            RequestValidator validator,
            TranslationService service,
            Quotas quotas,
            TranslatedFiles files,
            RequestOrigins origins) {
        this.validator = validator;
        this.service = service;
        this.quotas = quotas;
        this.files = files;
        this.origins = origins;
    }

    /** @param translatedFileUrl absolute, at the address that the caller used */
    record TranslatedFile(String translatedFileUrl) {}

    /** Answers when the file is translated, which waits behind what is shorter. */
    @PostMapping("/translate_file")
    @Operation(
            summary = "Translate a file of plain text",
            fields = TranslationFields.File.class,
            file = true,
            example = "{\"source\":\"en\",\"target\":\"fr\"}",
            errors = {Problem.INVALID_REQUEST, Problem.OVERLOADED, Problem.UNAVAILABLE, Problem.DEADLINE_PASSED})
    Answer<TranslatedFile> translate(
            HttpServletRequest request, @RequestParam(required = false) @Nullable MultipartFile file) {
        String base = ServletUriComponentsBuilder.fromContextPath(request).toUriString();
        return new Answer<>(service.answer(
                origins.of(request, Lane.BATCH),
                () -> plan(request, base, file, required(request, "source"), required(request, "target"))));
    }

    private TranslationPlan<TranslatedFile> plan(
            HttpServletRequest httpRequest, String base, @Nullable MultipartFile file, String source, String target) {
        if (file == null) {
            throw TranslationRequestReader.missing("file");
        }
        String name = String.valueOf(file.getOriginalFilename());
        if (!name.toLowerCase(Locale.ROOT).endsWith(TranslatedFiles.EXTENSION)) {
            throw new InvalidRequest("Invalid request: file format not supported; send a file that ends with "
                    + TranslatedFiles.EXTENSION);
        }
        String text = text(file);
        if (text.isEmpty()) {
            throw new InvalidRequest("Invalid request: empty file");
        }
        TranslationRequest request = new TranslationRequest(List.of(text), false, source, target, null, null);
        ValidRequest valid = validator.validate(request, "file");
        quotas.charge(httpRequest, valid.characters());
        return new TranslationPlan<>(valid, texts -> new TranslatedFile(base + "/download_file/" + keep(name, texts)));
    }

    private String keep(String name, List<TranslatedText> texts) {
        return files.add(name, texts.get(0).text().getBytes(StandardCharsets.UTF_8));
    }

    /** The file's text, strictly: a file in another charset would be translated into nonsense. */
    private static String text(MultipartFile file) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(file.getBytes()))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException otherCharset) {
            throw new InvalidRequest("Invalid request: the file is not in UTF-8");
        } catch (IOException broken) {
            throw new InvalidRequest("Invalid request: the file cannot be read to its end");
        }
    }

    /** As the servlet API reads it: Spring would take a file of that name for the field, and fail to make a text of it. */
    private static String required(HttpServletRequest request, String field) {
        String value = request.getParameter(field);
        if (value == null || value.isEmpty()) {
            throw TranslationRequestReader.missing(field);
        }
        return value;
    }

    /** As an attachment, so that no browser shows it as a page of this server. */
    @GetMapping("/download_file/{name}")
    @Operation(
            summary = "A translated file",
            errors = {Problem.INVALID_REQUEST, Problem.NOT_FOUND})
    @Access(open = true)
    ResponseEntity<byte[]> download(@PathVariable String name) {
        byte[] content = files.get(name);
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "plain", StandardCharsets.UTF_8))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename(name).build().toString())
                .body(content);
    }
}
