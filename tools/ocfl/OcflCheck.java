import io.ocfl.api.model.ValidationIssue;
import io.ocfl.api.model.ValidationResults;
import io.ocfl.core.validation.Validator;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Validates every object below an OCFL storage root, contents included. Argument: the root. One line for each object,
 * {@code good|bad<tab>FOLDER<tab>ERRORS<tab>WARNINGS}; nothing is written into the root.
 *
 * <p>Objects are found by their marks and not asked for by identifier: version 2.2.3 of the library writes some bytes of
 * Vietnamese letters in upper case (%E1) where layout extension 0003 wants lower case, and so misses them.
 */
public final class OcflCheck {
    private OcflCheck() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path root = Path.of(args[0]);
        List<Path> objects;
        try (Stream<Path> files = Files.walk(root)) {
            objects = files.filter(file -> file.getFileName().toString().startsWith("0=ocfl_object_"))
                    .map(Path::getParent)
                    .sorted()
                    .collect(Collectors.toList());
        }
        for (Path object : objects) {
            ValidationResults found = Validator.validateObject(object, true);
            out.println((found.hasErrors() ? "bad" : "good") + "\t" + root.relativize(object) + "\t"
                    + text(found.getErrors()) + "\t" + text(found.getWarnings()));
        }
    }

    private static String text(List<ValidationIssue> issues) {
        return issues.stream()
                .map(issue -> (issue.getCode() + " " + issue.getMessage()).replaceAll("\\s+", " "))
                .collect(Collectors.joining("; "));
    }
}
