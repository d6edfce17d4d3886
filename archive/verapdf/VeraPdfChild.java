import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.logging.LogManager;
import org.verapdf.core.EncryptedPdfException;
import org.verapdf.core.ModelParsingException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Checks PDF files for as long as its standard input lasts.
 *
 * <p>Request: one line {@code FLAVOUR<tab>PATH}. Answer: one line of JSON, {@code {"state": "passed|failed|error",
 * "problems": [...]}}. The first line written is {@code {"version": ...}}. When the parent goes, input ends and so does
 * this process.
 */
public final class VeraPdfChild {
    private static final int MAX_PROBLEMS = 20;

    private VeraPdfChild() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);  // whatever the library prints must not mix with the answers
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        out.println("{\"version\":" + quote(Foundries.defaultInstance().getDetails().getVersion()) + "}");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split("\t", 2);
            out.println(check(PDFAFlavour.byFlavourId(parts[0]), new File(parts[1])));
        }
    }

    private static String check(PDFAFlavour flavour, File file) {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            return report(validator.validate(parser));
        } catch (EncryptedPdfException failure) {
            return answer("failed", Set.of("the file is encrypted"));
        } catch (ModelParsingException failure) {
            return answer("failed", Set.of("no readable PDF: " + failure.getMessage()));
        } catch (OutOfMemoryError failure) {
            throw failure;  // the process is no longer to be trusted; the parent starts another
        } catch (Exception | StackOverflowError failure) {
            return answer("error", Set.of(String.valueOf(failure.getMessage())));
        }
    }

    private static String report(ValidationResult result) {
        Set<String> problems = new LinkedHashSet<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED && problems.size() < MAX_PROBLEMS) {
                problems.add(assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber() + " "
                        + assertion.getMessage());
            }
        }
        return answer(result.isCompliant() ? "passed" : "failed", problems);
    }

    private static String answer(String state, Set<String> problems) {
        StringBuilder json = new StringBuilder("{\"state\":" + quote(state) + ",\"problems\":[");
        String separator = "";
        for (String problem : problems) {
            json.append(separator).append(quote(problem));
            separator = ",";
        }
        return json.append("]}").toString();
    }

    private static String quote(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            boolean plain = letter >= ' ' && letter < 0x7f && letter != '"' && letter != '\\';
            json.append(plain ? String.valueOf(letter) : String.format("\\u%04x", (int) letter));
        }
        return json.append('"').toString();
    }
}
