import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * Java's own HttpClient, which neither asks for gzip nor reads it, and leaves forms to its users.
 * Prints a line of JSON for each exchange: java JavaClient.java ENDPOINT PHOTO
 */
public final class JavaClient {
    private static final String BOUNDARY = "----a-boundary-that-no-photo-contains";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] words) throws IOException, InterruptedException {
        String endpoint = words[0];
        Path photo = Path.of(words[1]);
        exchange(endpoint, "body", post(endpoint).POST(BodyPublishers.ofFile(photo)));
        exchange(endpoint, "form", post(endpoint)
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(form(photo)));
        exchange(endpoint, "json", post(endpoint)
                .header("Content-Type", "application/json")
                .POST(json(photo)));
    }

    private static HttpRequest.Builder post(String endpoint) {
        return HttpRequest.newBuilder(URI.create(endpoint + "/v2/image_search"));
    }

    private static BodyPublisher form(Path photo) throws IOException {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        String head = "--" + BOUNDARY + "\r\n"
                + "Content-Disposition: form-data; name=\"image\"; filename=\"" + photo.getFileName() + "\"\r\n"
                + "Content-Type: image/jpeg\r\n\r\n";
        form.write(head.getBytes());
        form.write(Files.readAllBytes(photo));
        form.write(("\r\n--" + BOUNDARY + "--\r\n").getBytes());
        return BodyPublishers.ofByteArray(form.toByteArray());
    }

    private static BodyPublisher json(Path photo) throws IOException {
        String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(photo));
        return BodyPublishers.ofString("{\"image\": \"" + base64 + "\"}");
    }

    private static void exchange(String endpoint, String way, HttpRequest.Builder post)
            throws IOException, InterruptedException {
        HttpResponse<String> posted = send(post);
        String location = endpoint + header(posted, "Content-Location");
        HttpResponse<String> named = send(HttpRequest.newBuilder(URI.create(location)));
        String entityTag = header(named, "ETag");
        HttpResponse<String> unchanged =
                send(HttpRequest.newBuilder(URI.create(location)).header("If-None-Match", entityTag));

        List<Integer> statuses =
                List.of(posted.statusCode(), named.statusCode(), unchanged.statusCode());
        List<String> answers = List.of(quoted(posted.body()), quoted(named.body()));
        System.out.printf(
                "{\"client\": \"java\", \"way\": \"%s\", \"statuses\": %s, \"answers\": %s, \"entity_tag\": %s}%n",
                way, statuses, answers, quoted(entityTag));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** A JSON string. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
