import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * Judges signed PDFs by EU DSS, offline. A request is a line "PDF TAB ANCHORS TAB MILLISECONDS": anchors are DER files
 * joined by ":", the time is what "now" means, or nothing. The answer is a line of JSON.
 *
 * The policy is that of DSS with one difference: a change of the document after its signature fails it, where DSS only
 * warns; an archive's document is finished when it is signed.
 */
public final class DssChild {
    private static final String POLICY = "/policy/constraint.xml";

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        byte[] policy = strictPolicy();
        out.println("{\"version\":\"6.4\"}");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(answer(line.split("\t", -1), policy));
        }
    }

    private static byte[] strictPolicy() throws IOException {
        try (InputStream stream = DssChild.class.getResourceAsStream(POLICY)) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            String strict = text.replaceAll("<UndefinedChanges Level=\"\\w+\"", "<UndefinedChanges Level=\"FAIL\"");
            if (strict.equals(text)) {
                throw new IOException("the policy of DSS has no constraint UndefinedChanges to make strict");
            }
            return strict.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static String answer(String[] request, byte[] policy) {
        try {
            CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
            for (String anchor : request[1].split(":")) {
                trusted.addCertificate(DSSUtils.loadCertificate(new File(anchor)));
            }
            CommonCertificateVerifier verifier = new CommonCertificateVerifier();
            verifier.setTrustedCertSources(trusted);
            verifier.setAIASource(null);
            SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(request[0]));
            validator.setCertificateVerifier(verifier);
            if (!request[2].isEmpty()) {
                validator.setValidationTime(new Date(Long.parseLong(request[2])));
            }
            Reports reports = validator.validateDocument(new InMemoryDocument(policy, "policy.xml"));
            return describe(reports.getSimpleReport());
        } catch (Exception error) {
            return "{\"error\":" + quoted(String.valueOf(error)) + "}";
        }
    }

    private static String describe(SimpleReport report) {
        List<String> signatures = new ArrayList<>();
        for (String id : report.getSignatureIdList()) {
            Indication indication = report.getIndication(id);
            signatures.add("{\"indication\":" + quoted(String.valueOf(indication))
                    + ",\"sub_indication\":" + quoted(String.valueOf(report.getSubIndication(id)))
                    + ",\"format\":" + quoted(String.valueOf(report.getSignatureFormat(id)))
                    + ",\"stamps\":" + quoted(stamps(report, id))
                    + ",\"errors\":" + quoted(errors(report, id)) + "}");
        }
        return "{\"signatures\":[" + String.join(",", signatures) + "]}";
    }

    private static String stamps(SimpleReport report, String id) {
        List<String> indications = new ArrayList<>();
        report.getSignatureTimestamps(id).forEach(stamp -> indications.add(String.valueOf(stamp.getIndication())));
        return String.join(" ", indications);
    }

    private static String errors(SimpleReport report, String id) {
        List<String> texts = new ArrayList<>();
        report.getAdESValidationErrors(id).forEach(message -> texts.add(message.getValue()));
        return String.join("; ", texts);
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter < ' ' || letter == '"' || letter == '\\') {
                json.append(String.format("\\u%04x", (int) letter));
            } else {
                json.append(letter);
            }
        }
        return json.append('"').toString();
    }
}
