"""The shaders of the surface, its lines and its balls (GLSL 1.20)."""

SURFACE_VERTEX = """
attribute vec3 a_position;
attribute vec3 a_normal;
attribute float a_height;
uniform mat4 u_matrix;
varying vec3 v_position;
varying vec3 v_normal;
varying float v_height;

void main() {
    v_position = a_position;
    v_normal = a_normal;
    v_height = a_height;
    gl_Position = u_matrix * vec4(a_position, 1.0);
}
"""

# Blinn and Phong's shading with light from both sides, and contour lines one width wide anywhere
SURFACE_FRAGMENT = """
uniform sampler2D u_colors;
uniform vec3 u_light;
uniform vec3 u_eye;
uniform vec3 u_ink;
uniform float u_levels[32];
uniform float u_bands;
uniform float u_width;
varying vec3 v_position;
varying vec3 v_normal;
varying float v_height;

// in which band between two levels a height lies, and how far up in it
float band_of(float height) {
    float band = 0.0;
    for (int i = 0; i < 31; i++) {
        if (height <= u_levels[i]) break;
        band += clamp((height - u_levels[i]) / (u_levels[i + 1] - u_levels[i]), 0.0, 1.0);
    }
    return min(band, u_bands);
}

void main() {
    float band = band_of(v_height);
    vec3 to_eye = normalize(u_eye - v_position);
    vec3 normal = normalize(v_normal);
    if (dot(normal, to_eye) < 0.0) normal = -normal;
    float diffuse = max(dot(normal, u_light), 0.0);
    float gloss = pow(max(dot(normal, normalize(u_light + to_eye)), 0.0), 40.0);
    vec3 color = texture2D(u_colors, vec2(band / u_bands, 0.5)).rgb;
    color = color * (0.62 + 0.48 * diffuse) + 0.10 * gloss;

    float away = abs(fract(band - 0.5) - 0.5) / max(fwidth(band), 1e-6);
    float line = 1.0 - smoothstep(0.5 * u_width - 0.5, 0.5 * u_width + 0.5, away);
    float steep = smoothstep(0.9, 0.4, fwidth(band));
    color = mix(color, u_ink, 0.42 * line * steep);
    gl_FragColor = vec4(color, 1.0);
}
"""

LINE_VERTEX = """
attribute vec4 a_position;
attribute vec2 a_along;
attribute vec4 a_color;
attribute vec4 a_dash;
attribute float a_half;
varying vec2 v_along;
varying vec4 v_color;
varying vec4 v_dash;
varying float v_half;

void main() {
    gl_Position = a_position;
    v_along = a_along;
    v_color = a_color;
    v_dash = a_dash;
    v_half = a_half;
}
"""

LINE_FRAGMENT = """
varying vec2 v_along;
varying vec4 v_color;
varying vec4 v_dash;
varying float v_half;

void main() {
    float period = v_dash.x + v_dash.y + v_dash.z + v_dash.w;
    if (period > 0.0) {
        float at = mod(v_along.x, period);
        float second = v_dash.x + v_dash.y;
        if (!(at < v_dash.x || (at >= second && at < second + v_dash.z))) discard;
    }
    float cover = clamp(v_half + 0.5 - abs(v_along.y), 0.0, 1.0);
    gl_FragColor = vec4(v_color.rgb, v_color.a * cover);
}
"""

BALL_VERTEX = """
attribute vec4 a_position;
attribute vec2 a_corner;
attribute float a_radius;
attribute vec3 a_color;
attribute vec3 a_edge;
varying vec2 v_corner;
varying float v_radius;
varying vec3 v_color;
varying vec3 v_edge;

void main() {
    v_corner = a_corner;
    v_radius = a_radius;
    v_color = a_color;
    v_edge = a_edge;
    gl_Position = a_position;
}
"""

BALL_FRAGMENT = """
varying vec2 v_corner;
varying float v_radius;
varying vec3 v_color;
varying vec3 v_edge;

void main() {
    float away = length(v_corner);
    float rim = v_radius * 1.2;
    float cover = clamp(rim + 0.5 - away, 0.0, 1.0);
    if (cover <= 0.0) discard;
    vec2 flat_part = v_corner / v_radius;
    float up = sqrt(max(1.0 - dot(flat_part, flat_part), 0.0));
    vec3 normal = vec3(flat_part, up);
    vec3 light = normalize(vec3(-0.45, 0.65, 0.75));
    float diffuse = max(dot(normal, light), 0.0);
    float gloss = pow(max(dot(normal, normalize(light + vec3(0.0, 0.0, 1.0))), 0.0), 30.0);
    vec3 color = v_color * (0.6 + 0.5 * diffuse) + 0.35 * gloss;
    float inside = clamp(v_radius + 0.5 - away, 0.0, 1.0);
    gl_FragColor = vec4(mix(v_edge, color, inside), cover);
}
"""
