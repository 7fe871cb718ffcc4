"""Any folder of image files through the real code, judged by decoders that are not ours."""
